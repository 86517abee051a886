import { useTranslation } from 'react-i18next';
import { useMeeting } from '@/hooks/services';
import { CopyLink } from '@/ui/CopyLink';
import { linkOf } from '@/core/meeting/invitation';
import classes from './AloneCard.module.css';

/** Nobody else is here yet: what to do about it. */
export function AloneCard() {
  const { t } = useTranslation();
  const code = useMeeting((state) => state.meeting?.code ?? '');
  return (
    <section className={classes.alone} data-testid="alone">
      <h2>{t('alone.title')}</h2>
      <p className="muted">{t('alone.text')}</p>
      <p className={classes.link}>{linkOf(code)}</p>
      <CopyLink code={code} variant="filled" />
    </section>
  );
}
