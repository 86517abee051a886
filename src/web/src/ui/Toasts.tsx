import { CloseButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { dismissToast, useToasts } from '@/hooks/toasts';
import classes from './Toasts.module.css';

export function Toasts() {
  const { t } = useTranslation();
  const toasts = useToasts((state) => state.toasts);
  return (
    <div className={classes.region} role="status" aria-live="polite" data-testid="toasts">
      {toasts.map((toast) => (
        <div key={toast.id} className={classes.toast} data-tone={toast.tone}>
          <span>{toast.text}</span>
          <CloseButton size={44} aria-label={t('common.close')} onClick={() => dismissToast(toast.id)} />
        </div>
      ))}
    </div>
  );
}
