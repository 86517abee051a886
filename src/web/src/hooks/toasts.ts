import { create } from 'zustand';

export interface Toast {
  id: number;
  text: string;
  tone: 'info' | 'problem';
}

const shownMs = { info: 4_000, problem: 9_000 };
const most = 3;

export const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));

let lastId = 0;

/** Tells something in passing, above the content and never over the controls; screen readers hear it too. */
export function showToast(text: string, tone: Toast['tone'] = 'info'): void {
  const id = ++lastId;
  useToasts.setState(({ toasts }) => ({
    toasts: [...toasts.filter((t) => t.text !== text), { id, text, tone }].slice(-most),
  }));
  setTimeout(() => dismissToast(id), shownMs[tone]);
}

/** What was news in one place is none in the next. */
export const clearToasts = (): void => useToasts.setState({ toasts: [] });

export const dismissToast = (id: number): void =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((t) => t.id !== id) }));
