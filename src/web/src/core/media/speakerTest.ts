import { audioContext } from './LevelMeter';
import { routeTo } from './sink';

const notes = [523.25, 659.25, 783.99];
const noteSeconds = 0.22;

/** Plays three notes through the chosen speakers. Resolves when they have ended. */
export async function playSpeakerTest(speakerId: string | null): Promise<void> {
  const context = audioContext();
  const destination = context.createMediaStreamDestination();
  const start = context.currentTime + 0.05;
  notes.forEach((frequency, index) => {
    const at = start + index * noteSeconds;
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.35, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + noteSeconds * 1.6);
    const oscillator = new OscillatorNode(context, { frequency });
    oscillator.connect(gain).connect(destination);
    oscillator.start(at);
    oscillator.stop(at + noteSeconds * 1.7);
  });
  const element = new Audio();
  element.srcObject = destination.stream;
  await routeTo(element, speakerId);
  await element.play();
  await new Promise((resolve) => setTimeout(resolve, (notes.length + 1) * noteSeconds * 1000));
  element.srcObject = null;
}
