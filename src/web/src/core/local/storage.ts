/** Browser storage that may be forbidden or full: then nothing is remembered, and nothing breaks. */
function storage(kind: 'localStorage' | 'sessionStorage') {
  return {
    /** What `write` has stored, or null. The caller knows the shape: nobody else writes under its key. */
    read(key: string): unknown {
      try {
        const text = window[kind].getItem(key);
        return text === null ? null : (JSON.parse(text) as unknown);
      } catch {
        return null;
      }
    },
    write(key: string, value: unknown): void {
      try {
        window[kind].setItem(key, JSON.stringify(value));
      } catch {
        // Forbidden or full.
      }
    },
    remove(key: string): void {
      try {
        window[kind].removeItem(key);
      } catch {
        // Forbidden.
      }
    },
  };
}

/** For this browser, for good. */
export const remembered = storage('localStorage');

/** For this tab, across reloads. */
export const ofThisTab = storage('sessionStorage');
