let context: AudioContext | null = null;

/** One context for the page: browsers allow only a few. */
export function audioContext(): AudioContext {
  context ??= new AudioContext();
  // Browsers may start it suspended until the person has touched the page or uses a microphone.
  if (context.state === 'suspended') void context.resume().catch(() => undefined);
  return context;
}

const quietestDb = -60;
const loudestDb = -12;

/** How loud a track is now, from the sound itself. */
export class LevelMeter {
  private readonly analyser: AnalyserNode;
  private readonly source: MediaStreamAudioSourceNode;
  private readonly samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack) {
    const context = audioContext();
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.source = context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(this.analyser);
  }

  /** 0 silence to 1 loud, on a scale as ears hear it. */
  read(): number {
    if (this.analyser.context.state === 'suspended') audioContext();
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    const db = 10 * Math.log10(sum / this.samples.length + 1e-12);
    return Math.min(1, Math.max(0, (db - quietestDb) / (loudestDb - quietestDb)));
  }

  stop(): void {
    this.source.disconnect();
  }
}
