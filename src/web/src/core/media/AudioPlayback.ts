type Sinkable = HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };

/** Plays the audio slots. One element each, outside of the page: sound does not depend on what is on the screen. */
export class AudioPlayback {
  private readonly elements = new Map<string, Sinkable>();
  private speakerId: string | null = null;

  /** `onBlocked(true)`: the browser plays nothing until the person touches the page. */
  constructor(private readonly onBlocked: (blocked: boolean) => void) {}

  play(slots: ReadonlyMap<string, MediaStream>): void {
    for (const [mid, element] of this.elements) {
      if (!slots.has(mid)) {
        element.srcObject = null;
        this.elements.delete(mid);
      }
    }
    for (const [mid, stream] of slots) {
      const element = this.elements.get(mid) ?? this.create(mid);
      if (element.srcObject !== stream) {
        element.srcObject = stream;
        void this.start(element);
      }
    }
  }

  /** After a touch or click. */
  retry(): void {
    for (const element of this.elements.values()) void this.start(element);
  }

  useSpeaker(speakerId: string | null): void {
    this.speakerId = speakerId;
    for (const element of this.elements.values()) this.route(element);
  }

  stop(): void {
    this.play(new Map());
    this.onBlocked(false);
  }

  private create(mid: string): Sinkable {
    const element: Sinkable = new Audio();
    element.autoplay = true;
    this.elements.set(mid, element);
    this.route(element);
    return element;
  }

  private async start(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
      this.onBlocked(false);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.onBlocked(true);
    }
  }

  private route(element: Sinkable): void {
    // A speaker that is gone: the default one plays.
    void element.setSinkId?.(this.speakerId ?? '').catch(() => element.setSinkId?.(''));
  }
}
