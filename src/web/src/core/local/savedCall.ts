import type { DeviceState } from '../contracts';
import { ofThisTab } from './storage';

/** The call that this tab is in, so that a reload returns to it. */
export interface SavedCall {
  resumeToken: string;
  name: string;
  /** Which devices were on: a reload opens those again and no others. A screen needs the person's permission each time. */
  devices: DeviceState;
  /** False once the call has moved to another tab: only the person's wish brings it back here. */
  active: boolean;
}

const keyOf = (code: string) => `mediaserver.call.${code}`;

export const readSavedCall = (code: string): SavedCall | null => ofThisTab.read(keyOf(code)) as SavedCall | null;
export const saveCall = (code: string, call: SavedCall): void => ofThisTab.write(keyOf(code), call);
export const forgetCall = (code: string): void => ofThisTab.remove(keyOf(code));
