import { Button, type ButtonProps } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { linkOf } from '@/core/meeting/invitation';
import { copyText } from '@/hooks/clipboard';
import { showToast } from '@/hooks/toasts';

const doneMs = 2_500;

export function CopyLink({ code, ...props }: { code: string } & ButtonProps) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  const copy = async () => {
    if (await copyText(linkOf(code))) {
      setDone(true);
      setTimeout(() => setDone(false), doneMs);
    } else {
      showToast(t('invite.failed', { link: linkOf(code) }), 'problem');
    }
  };
  return (
    <Button
      variant="default"
      leftSection={done ? <IconCheck size={20} aria-hidden /> : <IconCopy size={20} aria-hidden />}
      onClick={() => void copy()}
      data-testid="copy-link"
      {...props}
    >
      <span aria-live="polite">{done ? t('invite.copied') : t('invite.copy')}</span>
    </Button>
  );
}
