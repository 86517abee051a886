/** Not in every browser, whatever the types say. */
const hasSinks = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;

/** Plays `element` through the chosen speakers; through the default ones when null, or when they are gone. */
export async function routeTo(element: HTMLAudioElement, speakerId: string | null): Promise<void> {
  if (!hasSinks() || element.sinkId === (speakerId ?? '')) return;
  try {
    await element.setSinkId(speakerId ?? '');
  } catch {
    if (speakerId !== null) await element.setSinkId('').catch(() => undefined);
  }
}
