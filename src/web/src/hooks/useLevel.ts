import { useEffect, useState } from 'react';
import { LevelMeter } from '@/core/media/LevelMeter';

const readEveryMs = 70;

/** How loud `track` is, 0-1, several times a second; 0 without a track. */
export function useLevel(track: MediaStreamTrack | null): number {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    if (!track) return;
    const meter = new LevelMeter(track);
    // Falls slower than it rises, as people expect of a meter.
    const timer = setInterval(() => setLevel((old) => Math.max(meter.read(), old - 0.08)), readEveryMs);
    return () => {
      clearInterval(timer);
      meter.stop();
      setLevel(0);
    };
  }, [track]);
  return level;
}
