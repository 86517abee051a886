export const pathOf = (code: string): string => `/m/${code}`;
export const linkOf = (code: string): string => `${window.location.origin}${pathOf(code)}`;

const codeLetters = /^[a-z]{10}$/;

/** The code in what somebody typed or pasted: a code in any spelling, or a link to a meeting. Null when there is none. */
export function codeIn(text: string): string | null {
  const fromLink = /\/m\/([^/?#\s]+)/i.exec(text)?.[1];
  const letters = (fromLink ?? text).replace(/[\s\-–—]/gu, '').toLowerCase();
  return codeLetters.test(letters) ? `${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7)}` : null;
}
