import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Notice.module.css';

export interface NoticeProps {
  tone?: 'info' | 'warning' | 'problem';
  title: string;
  children?: ReactNode;
  /** Said aloud as soon as it appears. */
  urgent?: boolean;
  testId?: string;
}

/** What happened (title), what it means and what to do (children). */
export function Notice({ tone = 'info', title, children, urgent = false, testId }: NoticeProps) {
  const Icon = tone === 'info' ? IconInfoCircle : IconAlertTriangle;
  return (
    <div className={classes.notice} data-tone={tone} role={urgent ? 'alert' : 'status'} data-testid={testId}>
      <Icon size={24} aria-hidden className={classes.icon} />
      <div className={classes.body}>
        <p className={classes.title}>{title}</p>
        {children}
      </div>
    </div>
  );
}
