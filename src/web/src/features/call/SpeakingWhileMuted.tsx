import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LevelMeter } from '@/core/media/LevelMeter';
import { useLocalMedia } from '@/hooks/services';
import classes from './SpeakingWhileMuted.module.css';

const loud = 0.6;
const readEveryMs = 100;
const loudReadings = 6;
const shownMs = 4_000;

/** The most common mistake of all: somebody talks with the microphone off. */
export function SpeakingWhileMuted() {
  const { t } = useTranslation();
  const track = useLocalMedia(({ microphone }) => (microphone.on ? null : microphone.track));
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!track) return;
    const meter = new LevelMeter(track);
    let readings = 0;
    let hide: ReturnType<typeof setTimeout> | undefined;
    const timer = setInterval(() => {
      readings = meter.read() > loud ? readings + 1 : Math.max(0, readings - 1);
      if (readings < loudReadings) return;
      readings = 0;
      setShown(true);
      clearTimeout(hide);
      hide = setTimeout(() => setShown(false), shownMs);
    }, readEveryMs);
    return () => {
      clearInterval(timer);
      clearTimeout(hide);
      meter.stop();
      setShown(false);
    };
  }, [track]);
  return (
    <div role="status" className={classes.place}>
      {shown ? <p className={classes.hint}>{t('bar.speakingWhileMuted')}</p> : null}
    </div>
  );
}
