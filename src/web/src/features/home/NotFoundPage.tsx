import { useTranslation } from 'react-i18next';
import { useTitle } from '@/hooks/useTitle';
import { MessagePage } from '@/ui/MessagePage';

export function NotFoundPage() {
  const { t } = useTranslation();
  useTitle(t('notFound.title'));
  return <MessagePage title={t('notFound.title')} text={t('notFound.text')} />;
}
