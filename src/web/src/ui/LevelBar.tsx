import { useTranslation } from 'react-i18next';
import { useLevel } from '@/hooks/useLevel';
import classes from './LevelBar.module.css';

/** A microphone's level, from its real sound. */
export function LevelBar({ track }: { track: MediaStreamTrack | null }) {
  const { t } = useTranslation();
  const level = useLevel(track);
  return (
    <div
      className={classes.bar}
      role="meter"
      aria-label={t('devices.level')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(level * 100)}
      data-testid="mic-level"
    >
      <div className={classes.fill} style={{ transform: `scaleX(${level.toFixed(3)})` }} />
    </div>
  );
}
