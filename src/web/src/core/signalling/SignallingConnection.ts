import { HubConnectionBuilder, HubConnectionState, LogLevel, type HubConnection } from '@microsoft/signalr';
import type { HubResult, MeetingClient, MeetingHub } from '../contracts';
import { MeetingError } from '../errors';

const keepAliveMs = 5_000;
const serverTimeoutMs = 15_000;
const longestRetryMs = 4_000;

export type SignallingState = 'idle' | 'connecting' | 'connected';

type Request<M extends keyof MeetingHub> = Parameters<MeetingHub[M]>;
type Value<M extends keyof MeetingHub> = Awaited<ReturnType<MeetingHub[M]>> extends HubResult<infer T> ? T : never;

/**
 * The hub, typed. Once started it keeps itself connected: it retries for ever with growing pauses, and at once when the browser says that
 * the network is back. The server knows nothing of a new connection: who listens to `onConnected` joins again.
 */
export class SignallingConnection {
  private readonly hub: HubConnection;
  private readonly listeners = new Set<(state: SignallingState) => void>();
  private current: SignallingState = 'idle';
  private wanted = false;
  private wake: (() => void) | null = null;
  private loop: Promise<void> | null = null;

  constructor(url = '/hub') {
    this.hub = new HubConnectionBuilder().withUrl(url).configureLogging(LogLevel.Critical).build();
    this.hub.keepAliveIntervalInMilliseconds = keepAliveMs;
    this.hub.serverTimeoutInMilliseconds = serverTimeoutMs;
    this.hub.onclose(() => {
      this.change(this.wanted ? 'connecting' : 'idle');
      if (this.wanted) this.keepTrying();
    });
    window.addEventListener('online', () => void this.onOnline());
    document.addEventListener('visibilitychange', () => this.wake?.());
  }

  get state(): SignallingState {
    return this.current;
  }

  onState(listener: (state: SignallingState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  on<M extends keyof MeetingClient>(method: M, handler: MeetingClient[M]): void {
    this.hub.on(method, handler);
  }

  /** Starts connecting, and keeps the connection until `stop`. */
  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.change('connecting');
    this.keepTrying();
  }

  async stop(): Promise<void> {
    this.wanted = false;
    this.wake?.();
    await this.hub.stop();
    this.change('idle');
  }

  /** Waits for a connection. Rejects with `server_unreachable` after `timeoutMs`. */
  async connected(timeoutMs: number): Promise<void> {
    this.start();
    if (this.current === 'connected') return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        off();
        reject(new MeetingError('server_unreachable', 'The server does not answer.'));
      }, timeoutMs);
      const off = this.onState((state) => {
        if (state !== 'connected') return;
        clearTimeout(timer);
        off();
        resolve();
      });
    });
  }

  /** Calls the hub. A refusal becomes a `MeetingError` with the server's code; no connection becomes `server_unreachable`. */
  async call<M extends keyof MeetingHub>(method: M, ...request: Request<M>): Promise<Value<M>> {
    if (this.hub.state !== HubConnectionState.Connected) {
      throw new MeetingError('server_unreachable', 'There is no connection with the server.');
    }
    let result: HubResult<Value<M>>;
    try {
      result = await this.hub.invoke<HubResult<Value<M>>>(method, ...request);
    } catch (error) {
      throw new MeetingError('server_unreachable', error instanceof Error ? error.message : String(error));
    }
    if (result.error) throw new MeetingError(result.error.code, result.error.message);
    if (!result.value) throw new MeetingError('internal', 'The server gave no answer.');
    return result.value;
  }

  private keepTrying(): void {
    this.loop ??= this.tryUntilConnected().finally(() => {
      this.loop = null;
    });
  }

  private async tryUntilConnected(): Promise<void> {
    for (let attempt = 0; this.isWanted(); attempt++) {
      if (attempt > 0) await this.pause(Math.min(250 * 2 ** attempt, longestRetryMs) * (0.75 + Math.random() / 2));
      try {
        await this.hub.start();
        this.change('connected');
        return;
      } catch {
        // Not reachable yet: the next attempt follows.
      }
    }
  }

  // A method, because TypeScript believes that a property cannot change while a promise is awaited.
  private isWanted(): boolean {
    return this.wanted;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.wake = done;
    });
  }

  /** The network is back, perhaps another one: a connection through the old one would only be missed after the timeout. */
  private async onOnline(): Promise<void> {
    if (!this.wanted) return;
    if (this.current === 'connected') await this.hub.stop();
    this.wake?.();
  }

  private change(state: SignallingState): void {
    if (this.current === state) return;
    this.current = state;
    for (const listener of [...this.listeners]) listener(state);
  }
}
