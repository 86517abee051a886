import type { IceServer, MediaSource, NegotiateReply, NegotiateRequest, PublicationLine } from '../contracts';
import { exposeToTests } from './exposed';

export type MediaState = 'connecting' | 'connected' | 'interrupted' | 'failed';

export interface MediaSessionOptions {
  iceServers: IceServer[];
  audioSlots: number;
  videoSlots: number;
  negotiate: (request: NegotiateRequest) => Promise<NegotiateReply>;
}

const sources: readonly MediaSource[] = ['microphone', 'camera', 'screen', 'screenAudio'];

/** Three layers; the server forwards to each tile the one that fits it. Lowest first, as Firefox wants. */
const cameraLayers: RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 180_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 600_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];

const encodings: Partial<Record<MediaSource, RTCRtpEncodingParameters[]>> = {
  camera: cameraLayers,
  screen: [{ maxBitrate: 2_500_000, maxFramerate: 30 }],
};

/**
 * One peer connection with the server: what this person publishes, then receive-only slots. Others' comings and goings never change it;
 * only more slots and another network are negotiated, by this client alone.
 */
export class MediaSession {
  readonly pc: RTCPeerConnection;
  private readonly publications = new Map<MediaSource, RTCRtpTransceiver>();
  private readonly audio: RTCRtpTransceiver[] = [];
  private readonly video: RTCRtpTransceiver[] = [];
  private readonly streams = new Map<string, MediaStream>();
  private queue: Promise<unknown> = Promise.resolve();
  private opened = false;
  private failed = false;

  constructor(
    private readonly options: MediaSessionOptions,
    onState: (state: MediaState) => void,
  ) {
    this.pc = new RTCPeerConnection({
      bundlePolicy: 'max-bundle',
      iceServers: options.iceServers.map(({ urls, username, credential }) => ({
        urls,
        username: username ?? undefined,
        credential: credential ?? undefined,
      })),
    });
    for (const source of sources) {
      const kind = source === 'camera' || source === 'screen' ? 'video' : 'audio';
      const sendEncodings = encodings[source];
      this.publications.set(
        source,
        this.pc.addTransceiver(kind, { direction: 'sendonly', ...(sendEncodings && { sendEncodings }) }),
      );
    }
    for (let i = 0; i < options.audioSlots; i++)
      this.audio.push(this.pc.addTransceiver('audio', { direction: 'recvonly' }));
    this.addVideoSlots(options.videoSlots);
    this.pc.addEventListener('connectionstatechange', () => onState(stateOf(this.pc.connectionState)));
    exposeToTests(this.pc);
  }

  /** An offer was answered, and nothing has gone wrong since: worth keeping when signalling comes back. */
  get isUsable(): boolean {
    return this.opened && !this.failed && this.pc.connectionState !== 'closed';
  }

  get videoSlotMids(): string[] {
    return mids(this.video);
  }

  get audioSlotMids(): string[] {
    return mids(this.audio);
  }

  /** What arrives in a slot, whoever fills it. The same object for the life of the connection. */
  streamOf(mid: string): MediaStream | null {
    const known = this.streams.get(mid);
    if (known) return known;
    const transceiver = [...this.audio, ...this.video].find((t) => t.mid === mid);
    if (!transceiver) return null;
    const stream = new MediaStream([transceiver.receiver.track]);
    this.streams.set(mid, stream);
    return stream;
  }

  /** Sends `track` from now on; null sends nothing. Never renegotiates. */
  async publish(source: MediaSource, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.publications.get(source)?.sender;
    if (sender && sender.track !== track) await sender.replaceTrack(track);
  }

  /** The first offer. */
  open(): Promise<void> {
    return this.negotiate({ restart: true });
  }

  growTo(videoSlots: number): Promise<void> {
    const missing = videoSlots - this.video.length;
    if (missing <= 0) return Promise.resolve();
    this.addVideoSlots(missing);
    return this.negotiate({ restart: false });
  }

  restartIce(): Promise<void> {
    return this.negotiate({ restart: false, iceRestart: true });
  }

  close(): void {
    this.failed = true;
    this.pc.close();
    this.streams.clear();
  }

  private addVideoSlots(count: number): void {
    for (let i = 0; i < count; i++) this.video.push(this.pc.addTransceiver('video', { direction: 'recvonly' }));
  }

  /** One at a time. A failure makes the connection unusable: whoever asked opens another. */
  private negotiate(how: { restart: boolean; iceRestart?: boolean }): Promise<void> {
    const turn = this.queue.then(async () => {
      if (this.failed) return;
      try {
        await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: how.iceRestart ?? false }));
        const sdp = this.pc.localDescription?.sdp ?? '';
        exposeToTests(this.pc, { negotiated: true });
        const reply = await this.options.negotiate({
          sdp,
          publications: this.publicationLines(),
          restart: how.restart,
        });
        await this.pc.setRemoteDescription({ type: 'answer', sdp: reply.sdp });
        this.opened = true;
      } catch (error) {
        // Closed meanwhile: nobody waits for this any more.
        if (this.pc.signalingState === 'closed') return;
        this.failed = true;
        throw error;
      }
    });
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  private publicationLines(): PublicationLine[] {
    return [...this.publications].flatMap(([source, { mid }]) => (mid === null ? [] : [{ mid, source }]));
  }
}

const mids = (transceivers: RTCRtpTransceiver[]): string[] =>
  transceivers.flatMap(({ mid }) => (mid === null ? [] : [mid]));

function stateOf(state: RTCPeerConnectionState): MediaState {
  switch (state) {
    case 'connected':
      return 'connected';
    case 'disconnected':
      return 'interrupted';
    case 'failed':
    case 'closed':
      return 'failed';
    default:
      return 'connecting';
  }
}
