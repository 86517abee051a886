import { Button } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { PageFrame } from './PageFrame';
import classes from './MessagePage.module.css';

interface MessagePageProps {
  title: string;
  text: string;
  code?: string;
  /** What to do here; the way home is always there. */
  children?: ReactNode;
  testId?: string;
}

/** A page that says one thing: what happened, what it means, what to do. */
export function MessagePage({ title, text, code, children, testId }: MessagePageProps) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever cannot see it hears it first.
  useEffect(() => heading.current?.focus(), []);
  return (
    <PageFrame>
      <div className={classes.message} data-testid={testId}>
        <h1 ref={heading} tabIndex={-1} className={classes.title}>
          {title}
        </h1>
        <p className={classes.text}>{text}</p>
        {code ? <p className="muted">{t('errors.code', { code })}</p> : null}
        <div className={classes.actions}>
          {children}
          <Button component={Link} href="/" variant={children ? 'default' : 'filled'} data-testid="go-home">
            {t('common.home')}
          </Button>
        </div>
      </div>
    </PageFrame>
  );
}
