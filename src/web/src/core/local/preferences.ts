import { remembered } from './storage';

const key = 'mediaserver.preferences';

/** What is remembered of a person between meetings. Device ids are those of the browser; null is its default device. */
export interface Preferences {
  name: string;
  language: string | null;
  microphoneId: string | null;
  cameraId: string | null;
  speakerId: string | null;
  microphoneOn: boolean;
  cameraOn: boolean;
}

const defaults: Preferences = {
  name: '',
  language: null,
  microphoneId: null,
  cameraId: null,
  speakerId: null,
  microphoneOn: true,
  cameraOn: true,
};

export const readPreferences = (): Preferences => ({
  ...defaults,
  ...(remembered.read(key) as Partial<Preferences> | null),
});

export const rememberPreferences = (change: Partial<Preferences>): void =>
  remembered.write(key, { ...readPreferences(), ...change });
