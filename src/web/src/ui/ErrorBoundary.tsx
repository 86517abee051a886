import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { MessagePage } from './MessagePage';

interface Props {
  children: ReactNode;
}

/** A fault of ours, or a part of the client that a newer server does not have any more: a page that says so, with the way out. */
export class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const { t } = useTranslation();
  return (
    <MessagePage
      title={t('errors.unexpected.title')}
      text={t('errors.unexpected.advice')}
      code="unexpected"
      testId="failed"
    >
      <Button onClick={() => window.location.reload()}>{t('common.reload')}</Button>
    </MessagePage>
  );
}
