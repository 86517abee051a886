import { createStore, type StoreApi } from 'zustand/vanilla';
import { readPreferences, rememberPreferences } from '../local/preferences';
import { environmentProblem, problemOf, type DeviceProblem } from './deviceProblem';
import { openDevice, openScreen, openTogether, type CaptureKind } from './capture';

/** A microphone or camera of this person. */
export interface LocalDevice {
  /** What the person has chosen; the truth for everybody else. */
  on: boolean;
  starting: boolean;
  track: MediaStreamTrack | null;
  problem: DeviceProblem | null;
  /** Null is the browser's default. */
  deviceId: string | null;
}

export interface LocalScreen {
  video: MediaStreamTrack | null;
  audio: MediaStreamTrack | null;
}

export interface LocalMediaState {
  microphone: LocalDevice;
  camera: LocalDevice;
  screen: LocalScreen;
  microphones: MediaDeviceInfo[];
  cameras: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
  speakerId: string | null;
}

const closed = (deviceId: string | null): LocalDevice => ({
  on: false,
  starting: false,
  track: null,
  problem: null,
  deviceId,
});
const noScreen: LocalScreen = { video: null, audio: null };

/** The devices of this person: opens, closes and changes them, and knows what is wrong with them. Lives as long as the page. */
export class LocalMedia {
  readonly store: StoreApi<LocalMediaState>;

  /** Numbers the openings of each device: what a slow opening brings after the person has changed their mind is thrown away. */
  private readonly attempt: Record<CaptureKind, number> = { microphone: 0, camera: 0 };

  constructor() {
    const chosen = readPreferences();
    this.store = createStore<LocalMediaState>(() => ({
      microphone: closed(chosen.microphoneId),
      camera: closed(chosen.cameraId),
      screen: noScreen,
      microphones: [],
      cameras: [],
      speakers: [],
      speakerId: chosen.speakerId,
    }));
    if (environmentProblem() === null) {
      navigator.mediaDevices.addEventListener('devicechange', () => void this.listDevices());
    }
  }

  /** Opens what is asked for; both with one question for permission. What fails, fails alone. */
  async openBoth(which: { microphone: boolean; camera: boolean }): Promise<void> {
    const { microphone, camera } = this.store.getState();
    const fresh = which.microphone && which.camera && microphone.track === null && camera.track === null;
    // Two askings in one turn share the browser's question.
    const shared = fresh && environmentProblem() === null ? openTogether(microphone.deviceId, camera.deviceId) : null;
    await Promise.all([
      which.microphone ? this.open('microphone', shared) : null,
      which.camera ? this.open('camera', shared) : null,
    ]);
  }

  async open(
    kind: CaptureKind,
    shared: Promise<Record<CaptureKind, MediaStreamTrack> | null> | null = null,
  ): Promise<void> {
    const device = this.store.getState()[kind];
    if (device.track?.readyState === 'live') {
      device.track.enabled = true;
      this.patch(kind, { on: true, problem: null });
      return;
    }
    const attempt = ++this.attempt[kind];
    const impossible = environmentProblem();
    if (impossible) {
      this.patch(kind, { on: false, starting: false, problem: impossible });
      return;
    }
    this.patch(kind, { on: true, starting: true, problem: null });
    try {
      const track = (await shared)?.[kind] ?? (await openDevice(kind, this.store.getState()[kind].deviceId));
      if (attempt !== this.attempt[kind]) {
        track.stop();
        return;
      }
      track.addEventListener('ended', () => this.onEnded(kind, track));
      this.patch(kind, { starting: false, track });
    } catch (error) {
      if (attempt === this.attempt[kind])
        this.patch(kind, { on: false, starting: false, track: null, problem: problemOf(error) });
    }
    await this.listDevices();
  }

  /** Gives the device back: its light goes out. */
  close(kind: CaptureKind): void {
    this.attempt[kind]++;
    this.store.getState()[kind].track?.stop();
    this.patch(kind, { on: false, starting: false, track: null });
  }

  /** Keeps the microphone open but silent, so that the first word after unmuting is not lost. Nothing is sent meanwhile. */
  muteMicrophone(): void {
    this.patch('microphone', { on: false });
  }

  closeAll(): void {
    this.close('microphone');
    this.close('camera');
    this.stopScreen();
  }

  /** Another device: replaces the open one, without anybody noticing more than a moment. */
  async choose(kind: CaptureKind, deviceId: string | null): Promise<void> {
    rememberPreferences(kind === 'microphone' ? { microphoneId: deviceId } : { cameraId: deviceId });
    const { on } = this.store.getState()[kind];
    this.patch(kind, { deviceId });
    if (on || this.store.getState()[kind].problem !== null) {
      // Some systems lend a camera only once: the old one goes first.
      this.close(kind);
      await this.open(kind);
    } else {
      this.close(kind);
    }
  }

  chooseSpeaker(speakerId: string | null): void {
    rememberPreferences({ speakerId });
    this.store.setState({ speakerId });
  }

  /** Rejects with the browser's error; a person who closes the choice is a `NotAllowedError`. */
  async startScreen(): Promise<void> {
    const screen = await openScreen();
    this.stopScreen();
    screen.video.addEventListener('ended', () => {
      if (this.store.getState().screen.video === screen.video) this.stopScreen();
    });
    this.store.setState({ screen });
  }

  stopScreen(): void {
    const { video, audio } = this.store.getState().screen;
    video?.stop();
    audio?.stop();
    if (video || audio) this.store.setState({ screen: noScreen });
  }

  async listDevices(): Promise<void> {
    if (environmentProblem() !== null) return;
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    // Without permission browsers give one nameless entry per kind: nothing to choose from.
    const named = (kind: MediaDeviceKind) =>
      devices.filter((d) => d.kind === kind && d.deviceId !== '' && d.label !== '');
    this.store.setState({
      microphones: named('audioinput'),
      cameras: named('videoinput'),
      speakers: named('audiooutput'),
    });
  }

  private onEnded(kind: CaptureKind, track: MediaStreamTrack): void {
    if (this.store.getState()[kind].track !== track) return;
    // Unplugged, or the permission was withdrawn.
    this.patch(kind, { on: false, track: null, problem: 'disconnected' });
    void this.listDevices();
  }

  private patch(kind: CaptureKind, change: Partial<LocalDevice>): void {
    this.store.setState((state) => ({ [kind]: { ...state[kind], ...change } }));
  }
}
