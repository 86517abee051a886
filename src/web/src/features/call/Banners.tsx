import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLocalMedia, useMeeting, useServices } from '@/hooks/services';
import classes from './Banners.module.css';

/** What goes on quietly: a lost connection, a silent browser, one's own shared screen. */
export function Banners() {
  const { t } = useTranslation();
  const { session, local } = useServices();
  const reconnecting = useMeeting((state) => state.reconnecting);
  const interrupted = useMeeting((state) => state.media === 'interrupted' || state.media === 'failed');
  const blocked = useMeeting((state) => state.mediaBlocked && state.media !== 'connected');
  const soundBlocked = useMeeting((state) => state.soundBlocked);
  const sharing = useLocalMedia((state) => state.screen.video !== null);
  return (
    <div role="status" aria-live="polite">
      {reconnecting ? (
        <p className={classes.banner} data-tone="warning" data-testid="banner-reconnecting">
          {t('banner.reconnecting')}
        </p>
      ) : null}
      {interrupted && !reconnecting && !blocked ? (
        <p className={classes.banner} data-tone="warning" data-testid="banner-media">
          {t('banner.media')}
        </p>
      ) : null}
      {blocked ? (
        <p className={classes.banner} data-tone="warning" data-testid="banner-blocked">
          <span>
            <strong>{t('errors.media_blocked.title')}</strong> {t('errors.media_blocked.advice')}{' '}
            {t('errors.code', { code: 'media_blocked' })}
          </span>
        </p>
      ) : null}
      {soundBlocked ? (
        <div className={classes.banner} data-tone="info" data-testid="banner-sound">
          {t('banner.sound')}
          <Button onClick={() => session.media.unblockSound()}>{t('banner.soundButton')}</Button>
        </div>
      ) : null}
      {sharing ? (
        <div className={classes.banner} data-tone="info" data-testid="banner-sharing">
          {t('banner.sharing')}
          <Button variant="default" onClick={() => local.stopScreen()}>
            {t('banner.stopSharing')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
