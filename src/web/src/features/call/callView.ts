import { create } from 'zustand';

export type StageView = 'gallery' | 'speaker';

export const peopleButtonId = 'call-people';

interface CallView {
  panelOpen: boolean;
  dialog: 'devices' | 'shortcuts' | null;
  view: StageView;
  /** Who the person wants to see large, whatever happens. */
  pinned: string | null;
  page: number;
}

/** What this person looks at; nobody else knows. */
export const useCallView = create<CallView>(() => ({
  panelOpen: false,
  dialog: null,
  view: 'gallery',
  pinned: null,
  page: 0,
}));

export const changeCallView = (change: Partial<CallView>): void => useCallView.setState(change);
export const togglePanel = (): void => useCallView.setState(({ panelOpen }) => ({ panelOpen: !panelOpen }));
export const togglePin = (key: string): void =>
  useCallView.setState(({ pinned }) => ({ pinned: pinned === key ? null : key }));
