import type { JoinedMeeting, MediaSource } from '../contracts';
import { AudioPlayback } from '../media/AudioPlayback';
import type { LocalMedia } from '../media/LocalMedia';
import { MediaSession, type MediaState } from '../media/MediaSession';
import { changedChoices, planSlots, slotsFor, type SlotPlan, type WantedTile } from '../media/slotPlan';
import type { SignallingConnection } from '../signalling/SignallingConnection';
import type { MeetingStore } from './meetingStore';

const firstVideoSlots = 9;
const interruptionGraceMs = 1_000;
const iceRestartPatienceMs = 7_000;
const blockedAfterMs = 12_000;
const choiceIntervalMs = 120;

/** The media of one call: keeps one peer connection working, fills its slots with what is on the screen, plays the sound. */
export class CallMedia {
  private readonly playback: AudioPlayback;
  private session: MediaSession | null = null;
  private joined: JoinedMeeting | null = null;
  private tiles: readonly WantedTile[] = [];
  private sentPlan: SlotPlan = new Map();
  private choiceTimer: ReturnType<typeof setTimeout> | null = null;
  private lastChoice = 0;
  private recovery: ReturnType<typeof setTimeout> | null = null;
  private blockedTimer: ReturnType<typeof setTimeout> | null = null;
  private networkChanged = false;

  constructor(
    private readonly signalling: SignallingConnection,
    private readonly local: LocalMedia,
    private readonly store: MeetingStore,
    private readonly rejoin: () => void,
  ) {
    this.playback = new AudioPlayback((soundBlocked) => this.store.setState({ soundBlocked }));
    local.store.subscribe((state) => {
      void this.publishAll();
      this.playback.useSpeaker(state.speakerId);
    });
    this.playback.useSpeaker(local.store.getState().speakerId);
    // ICE would notice only after some seconds.
    window.addEventListener('online', () => {
      this.networkChanged = true;
    });
  }

  /** After each join: keeps a connection that lives at both ends, else opens a new one. */
  async onJoined(joined: JoinedMeeting): Promise<void> {
    this.joined = joined;
    if (joined.resumed && this.session?.isUsable && this.store.getState().media !== 'failed') {
      if (this.networkChanged || this.store.getState().media === 'interrupted') await this.session.restartIce();
      this.networkChanged = false;
      await this.askAgain();
      this.sendChoices();
      return;
    }
    await this.open();
  }

  /** The server has lost the transport. */
  async reopen(): Promise<void> {
    if (!this.joined) return;
    await this.open().catch(() => this.rejoin());
  }

  showTiles(tiles: readonly WantedTile[]): void {
    this.tiles = tiles;
    if (this.choiceTimer !== null) return;
    const wait = Math.max(0, this.lastChoice + choiceIntervalMs - performance.now());
    this.choiceTimer = setTimeout(() => {
      this.choiceTimer = null;
      this.sendChoices();
    }, wait);
  }

  streamOf(mid: string): MediaStream | null {
    return this.session?.streamOf(mid) ?? null;
  }

  unblockSound(): void {
    this.playback.retry();
  }

  close(): void {
    this.joined = null;
    this.clearTimers();
    if (this.choiceTimer !== null) clearTimeout(this.choiceTimer);
    this.choiceTimer = null;
    this.tiles = [];
    this.sentPlan = new Map();
    this.session?.close();
    this.session = null;
    this.playback.stop();
  }

  private async open(): Promise<void> {
    const { joined } = this;
    if (!joined) return;
    this.clearTimers();
    this.networkChanged = false;
    this.session?.close();
    this.sentPlan = new Map();
    const moving = this.tiles.filter((t) => !t.idle).length;
    const session = new MediaSession(
      {
        iceServers: joined.iceServers,
        audioSlots: joined.audioSlots,
        videoSlots: slotsFor(Math.max(moving, firstVideoSlots), joined.maxVideoSlots),
        negotiate: (request) => this.signalling.call('Negotiate', request),
      },
      (state) => this.onState(session, state),
    );
    this.session = session;
    this.blockedTimer = setTimeout(() => this.store.setState({ mediaBlocked: true }), blockedAfterMs);
    // The old connection's slots are nothing any more; the new one's are announced as they fill.
    this.store.setState((state) => ({
      media: 'connecting',
      slots: new Map(),
      plan: new Map(),
      mediaGeneration: state.mediaGeneration + 1,
    }));
    await this.publishAll();
    await session.open();
    if (this.session !== session) return;
    this.playback.play(new Map(session.audioSlotMids.flatMap((mid) => stream(mid, session))));
    this.sendChoices();
  }

  private async publishAll(): Promise<void> {
    const { session } = this;
    if (!session) return;
    const { microphone, camera, screen } = this.local.store.getState();
    const tracks: Record<MediaSource, MediaStreamTrack | null> = {
      microphone: microphone.on ? microphone.track : null,
      camera: camera.on ? camera.track : null,
      screen: screen.video,
      screenAudio: screen.audio,
    };
    for (const [source, track] of Object.entries(tracks) as [MediaSource, MediaStreamTrack | null][]) {
      // Refused only when the connection is closed or the track ended meanwhile; the next change comes with the right one.
      await session.publish(source, track).catch(() => undefined);
    }
  }

  private sendChoices(): void {
    const { session, joined } = this;
    if (!session?.isUsable || !joined) return;
    const moving = this.tiles.filter((t) => !t.idle).length;
    const wanted = slotsFor(moving, joined.maxVideoSlots);
    if (wanted > session.videoSlotMids.length) {
      session.growTo(wanted).then(
        () => this.sendChoices(),
        () => void this.reopen(),
      );
    }
    const plan = planSlots(session.videoSlotMids, this.sentPlan, this.tiles);
    const slots = changedChoices(this.sentPlan, plan);
    this.store.setState({ plan });
    if (slots.length === 0 || this.signalling.state !== 'connected') return;
    const before = this.sentPlan;
    this.sentPlan = plan;
    this.lastChoice = performance.now();
    this.signalling.call('ChooseSlots', { slots }).catch(() => {
      // Somebody left in the same moment (the others were applied), or signalling broke: the next join sends what differs.
      if (this.session === session && this.signalling.state !== 'connected') this.sentPlan = before;
    });
  }

  /** What was announced while signalling was away is lost: slots that seem to show nothing are emptied, to be chosen anew. */
  private async askAgain(): Promise<void> {
    const { slots } = this.store.getState();
    const silent = [...this.sentPlan.values()].filter(
      ({ mid, participantId }) => participantId !== null && slots.get(mid)?.participantId !== participantId,
    );
    if (silent.length === 0) return;
    const emptied = silent.map((choice) => ({ ...choice, participantId: null }));
    await this.signalling.call('ChooseSlots', { slots: emptied });
    const mids = new Set(silent.map(({ mid }) => mid));
    this.sentPlan = new Map([...this.sentPlan].filter(([mid]) => !mids.has(mid)));
  }

  private onState(session: MediaSession, state: MediaState): void {
    if (this.session !== session) return;
    this.store.setState({ media: state });
    if (state === 'connected') {
      this.clearTimers();
      this.store.setState({ mediaBlocked: false });
    } else if (state === 'interrupted') {
      this.recoverAfter(interruptionGraceMs);
    } else if (state === 'failed') {
      this.recoverAfter(0);
    }
  }

  /** Another network, or a broken one: first an ICE restart, then a new connection. */
  private recoverAfter(ms: number): void {
    if (this.recovery !== null) return;
    this.recovery = setTimeout(() => {
      const { session } = this;
      // Without signalling the next join decides.
      if (!session || this.signalling.state !== 'connected') {
        this.recovery = null;
        return;
      }
      session.restartIce().catch(() => undefined);
      this.recovery = setTimeout(() => {
        this.recovery = null;
        if (this.store.getState().media !== 'connected') void this.reopen();
      }, iceRestartPatienceMs);
    }, ms);
  }

  private clearTimers(): void {
    if (this.recovery !== null) clearTimeout(this.recovery);
    if (this.blockedTimer !== null) clearTimeout(this.blockedTimer);
    this.recovery = null;
    this.blockedTimer = null;
  }
}

function stream(mid: string, session: MediaSession): [string, MediaStream][] {
  const found = session.streamOf(mid);
  return found ? [[mid, found]] : [];
}
