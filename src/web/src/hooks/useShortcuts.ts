import { useEffect, useEffectEvent } from 'react';

export interface Shortcuts {
  /** By the key's place on the keyboard (`KeyboardEvent.code`): the same in every layout and language. */
  keys: Partial<Record<string, () => void>>;
  help: () => void;
  /** Space is held or let go. */
  talk: (held: boolean) => void;
}

const typesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select, [role="menu"], [role="dialog"]') !== null);

const usesSpace = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a, summary, [role="menuitem"]') !== null;

/** Single keys; none while somebody types, in a menu or a dialog. */
export function useShortcuts({ keys, help, talk }: Shortcuts): void {
  const onDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typesText(event.target)) return;
    if (event.code === 'Space') {
      if (usesSpace(event.target)) return;
      event.preventDefault();
      if (!event.repeat) talk(true);
      return;
    }
    if (event.repeat) return;
    if (event.key === '?' || (event.code === 'Slash' && event.shiftKey)) help();
    else if (!event.shiftKey) keys[event.code]?.();
  });
  const onUp = useEffectEvent((event: KeyboardEvent) => {
    if (event.code === 'Space') talk(false);
  });
  const onAway = useEffectEvent(() => talk(false));
  useEffect(() => {
    const down = (event: KeyboardEvent) => onDown(event);
    const up = (event: KeyboardEvent) => onUp(event);
    const away = () => onAway();
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('blur', away);
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', away);
    };
  }, []);
}
