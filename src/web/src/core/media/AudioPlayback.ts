import { routeTo } from './sink';

/** Plays the audio slots. One element each, outside of the page: sound does not depend on what is on the screen. */
export class AudioPlayback {
  private readonly elements = new Map<string, HTMLAudioElement>();
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
    for (const element of this.elements.values()) void routeTo(element, speakerId);
  }

  stop(): void {
    this.play(new Map());
    this.onBlocked(false);
  }

  private create(mid: string): HTMLAudioElement {
    const element = new Audio();
    element.autoplay = true;
    this.elements.set(mid, element);
    void routeTo(element, this.speakerId);
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
}
