import { Button, Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import classes from './Waiting.module.css';

const patienceMs = 5_000;

/** No spinner without words, and with a `wayOut` none that one could be caught in. */
export function Waiting({ text, wayOut = false }: { text: string; wayOut?: boolean }) {
  const { t } = useTranslation();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={classes.waiting} role="status">
      <Loader size="md" aria-hidden />
      <p>{text}</p>
      {wayOut && long ? (
        <>
          <p className="muted">{t('meeting.stillTrying')}</p>
          <Button component={Link} href="/" variant="default">
            {t('common.home')}
          </Button>
        </>
      ) : null}
    </div>
  );
}
