import type { DeviceState, JoinedMeeting, MeetingDelta, ParticipantPage, SlotsUpdate } from '../contracts';
import { codeOf, type ProblemCode } from '../errors';
import { readPreferences } from '../local/preferences';
import { forgetCall, readSavedCall, saveCall, type SavedCall } from '../local/savedCall';
import type { LocalMedia } from '../media/LocalMedia';
import type { WantedTile } from '../media/slotPlan';
import type { SignallingConnection } from '../signalling/SignallingConnection';
import { CallMedia } from './CallMedia';
import { createMeetingStore, initialMeetingState, type EndReason, type MeetingStore } from './meetingStore';
import type { RosterChange } from './roster';
import { RosterFeed } from './RosterFeed';

const connectTimeoutMs = 10_000;
const retryJoinMs = 2_000;

/** Trying again would bring the same answer. */
const hopeless = new Set<ProblemCode>(['meeting_not_found', 'meeting_full', 'sdp_invalid', 'sdp_unsupported']);

/** Something that people should be told in passing. */
export interface MeetingNotice {
  kind: 'joined' | 'left';
  names: string[];
}

interface Call {
  code: string;
  name: string;
  resumeToken: string | null;
}

const sameDevices = (a: DeviceState, b: DeviceState) =>
  a.microphone === b.microphone && a.camera === b.camera && a.screen === b.screen;

/**
 * One person in one meeting: joins, stays in it whatever happens to the network or the server, and leaves. The store is what the
 * screens show.
 */
export class MeetingSession {
  readonly store: MeetingStore = createMeetingStore();
  readonly media: CallMedia;
  private readonly noticeListeners = new Set<(notice: MeetingNotice) => void>();
  private call: Call | null = null;
  private sentDevices: DeviceState | null = null;
  private lastName: string | null = null;
  private lastDevices: DeviceState | null = null;
  private joining: Promise<void> | null = null;
  private readonly feed = new RosterFeed();

  constructor(
    private readonly signalling: SignallingConnection,
    private readonly local: LocalMedia,
  ) {
    this.media = new CallMedia(signalling, local, this.store, () => this.rejoin());
    signalling.onState((state) => this.onSignalling(state === 'connected'));
    signalling.on('MeetingChanged', (delta) => this.onMeetingChanged(delta));
    signalling.on('SpeakersChanged', ({ participantIds }) => this.store.setState({ speakers: participantIds }));
    signalling.on('SlotsChanged', (update) => this.onSlotsChanged(update));
    signalling.on('LayersWanted', (update) => this.media.sendLayers(update));
    signalling.on('ConnectionQuality', (quality) => this.store.setState({ quality }));
    signalling.on('TransportLost', () => void this.media.reopen());
    signalling.on('Ended', ({ code }) => this.end(code === 'replaced' || code === 'left' ? code : 'meeting_ended'));
    local.store.subscribe(() => this.onDevicesChanged());
  }

  onNotice(listener: (notice: MeetingNotice) => void): () => void {
    this.noticeListeners.add(listener);
    return () => this.noticeListeners.delete(listener);
  }

  /** Enters as a new participant. Rejects with a `MeetingError`; then nothing has happened. */
  async enter(code: string, name: string): Promise<void> {
    await this.begin({ code, name, resumeToken: null }, false);
  }

  /** Comes back as the same participant, after a reload or from another tab. */
  async resume(code: string, saved: SavedCall): Promise<void> {
    // Devices open while signalling connects; those that were off stay closed.
    void this.local.openBoth(saved.devices);
    await this.begin({ code, name: saved.name, resumeToken: saved.resumeToken }, true);
  }

  /** After the end: into the same meeting again, with the same name and devices; as the same participant where that is possible. */
  async comeBack(code: string): Promise<void> {
    const saved = readSavedCall(code);
    if (saved) {
      await this.resume(code, saved);
    } else {
      const { name, microphoneOn, cameraOn } = readPreferences();
      void this.local.openBoth(this.lastDevices ?? { microphone: microphoneOn, camera: cameraOn });
      await this.enter(code, this.lastName ?? name);
    }
  }

  async leave(): Promise<void> {
    if (!this.call) return;
    this.end('left');
    // Gone in any case; the server learns it now or from the closed transport.
    await this.signalling.call('Leave').catch(() => undefined);
  }

  showTiles(tiles: readonly WantedTile[]): void {
    this.media.showTiles(tiles);
  }

  /** A part of everybody by surname, for meetings that are too large for the roster. */
  listParticipants(query: string, offset: number, limit: number): Promise<ParticipantPage> {
    return this.signalling.call('ListParticipants', { query: query === '' ? null : query, offset, limit });
  }

  /** Back to before the call, e.g. for another meeting. */
  reset(): void {
    if (this.call) return;
    this.store.setState(initialMeetingState);
  }

  /** `patient`: whoever was in the call goes on trying for as long as the server is away. */
  private async begin(call: Call, patient: boolean): Promise<void> {
    this.call = call;
    this.store.setState({ ...initialMeetingState, phase: 'joining', meeting: this.store.getState().meeting });
    // Not current any more: somebody ended it meanwhile.
    while (this.isCurrent(call)) {
      try {
        await this.signalling.connected(connectTimeoutMs);
        await this.join();
        return;
      } catch (error) {
        // Joined already: what is missing comes with the next connection.
        const inside = call.resumeToken !== null;
        if ((patient || inside) && codeOf(error) === 'server_unreachable') {
          await new Promise((resolve) => setTimeout(resolve, retryJoinMs));
        } else if (this.isCurrent(call)) {
          this.call = null;
          this.media.close();
          this.store.setState({ phase: 'idle' });
          if (inside) await this.signalling.call('Leave').catch(() => undefined);
          throw error;
        }
      }
    }
  }

  private isCurrent(call: Call): boolean {
    return this.call === call;
  }

  /** One join at a time: a second wish during the first is answered by it. */
  private join(): Promise<void> {
    this.joining ??= this.joinNow().finally(() => {
      this.joining = null;
      this.feed.noSnapshot();
    });
    return this.joining;
  }

  private async joinNow(): Promise<void> {
    const call = this.call;
    if (!call) return;
    const devices = this.deviceState();
    this.feed.expectSnapshot();
    let joined: JoinedMeeting;
    const request = { code: call.code, displayName: call.name, devices };
    try {
      joined = await this.signalling.call('Join', { ...request, resumeToken: call.resumeToken });
    } catch (error) {
      if (codeOf(error) !== 'resume_token_invalid') throw error;
      joined = await this.signalling.call('Join', { ...request, resumeToken: null });
    }
    if (!this.isCurrent(call)) return;
    call.resumeToken = joined.resumeToken;
    call.name = joined.participants.find((p) => p.id === joined.participantId)?.displayName ?? call.name;
    this.sentDevices = devices;
    this.save();
    const later = this.feed.onSnapshot(joined);
    this.store.setState({
      phase: 'inCall',
      meeting: joined.meeting,
      selfId: joined.participantId,
      speakers: joined.speakers,
      ...this.rosterState(),
    });
    later.forEach((change) => this.show(change));
    await this.media.onJoined(joined);
    if (!this.isCurrent(call)) return;
    this.store.setState({ reconnecting: false });
    this.onDevicesChanged();
  }

  private rejoin(): void {
    const call = this.call;
    if (!call || this.store.getState().phase !== 'inCall') return;
    this.join().catch((error: unknown) => {
      if (!this.isCurrent(call)) return;
      const code = codeOf(error);
      if (code === 'server_unreachable') {
        // The connection broke again: the next one brings us back here.
        if (this.signalling.state === 'connected') setTimeout(() => this.rejoin(), retryJoinMs);
      } else if (hopeless.has(code)) {
        this.end(code);
      } else {
        setTimeout(() => this.rejoin(), retryJoinMs);
      }
    });
  }

  private onSignalling(connected: boolean): void {
    if (this.store.getState().phase !== 'inCall') return;
    this.store.setState({ reconnecting: true });
    if (connected) this.rejoin();
  }

  private onMeetingChanged(delta: MeetingDelta): void {
    const change = this.feed.onDelta(delta);
    if (change && this.store.getState().phase === 'inCall') this.show(change);
  }

  private show({ roster, joined, left, gap }: RosterChange): void {
    this.store.setState({ ...this.rosterState(), roster });
    this.notify('joined', joined);
    this.notify('left', left);
    const { selfId } = this.store.getState();
    if (gap || (selfId !== null && !roster.has(selfId))) {
      // Something was missed: another snapshot, after the join that may be under way.
      void Promise.resolve(this.joining).finally(() => this.rejoin());
    }
  }

  private rosterState() {
    return { roster: this.feed.roster, rosterComplete: this.feed.complete, participantCount: this.feed.count };
  }

  private notify(kind: MeetingNotice['kind'], people: { id: string; displayName: string }[]): void {
    const names = people.filter((p) => p.id !== this.store.getState().selfId).map((p) => p.displayName);
    if (names.length > 0) for (const listener of this.noticeListeners) listener({ kind, names });
  }

  private onSlotsChanged(update: SlotsUpdate): void {
    const slots = new Map(this.store.getState().slots);
    for (const state of update.slots) slots.set(state.mid, state);
    this.store.setState({ slots });
  }

  private deviceState(): DeviceState {
    const { microphone, camera, screen } = this.local.store.getState();
    return { microphone: microphone.on, camera: camera.on, screen: screen.video !== null };
  }

  private onDevicesChanged(): void {
    const devices = this.deviceState();
    if (!this.call || this.sentDevices === null || sameDevices(devices, this.sentDevices)) return;
    this.save();
    // Without signalling the next join tells it.
    if (this.store.getState().reconnecting) return;
    this.sentDevices = devices;
    this.signalling.call('SetDeviceState', devices).catch(() => {
      this.sentDevices = null;
      this.rejoin();
    });
  }

  private save(): void {
    const { call } = this;
    if (!call?.resumeToken) return;
    saveCall(call.code, { resumeToken: call.resumeToken, name: call.name, devices: this.deviceState(), active: true });
  }

  private end(reason: EndReason): void {
    const { call } = this;
    if (!call) return;
    const devices = this.deviceState();
    this.lastName = call.name;
    this.lastDevices = devices;
    this.call = null;
    this.sentDevices = null;
    if (reason === 'replaced' && call.resumeToken) {
      saveCall(call.code, { resumeToken: call.resumeToken, name: call.name, devices, active: false });
    } else {
      forgetCall(call.code);
    }
    this.media.close();
    this.local.closeAll();
    this.store.setState({
      ...initialMeetingState,
      phase: 'ended',
      endReason: reason,
      meeting: this.store.getState().meeting,
    });
  }
}
