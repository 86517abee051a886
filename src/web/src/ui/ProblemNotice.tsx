import { useTranslation } from 'react-i18next';
import type { ProblemCode } from '@/core/errors';
import { Notice } from './Notice';

/** A problem by its code: what happened, what to do, and the code itself for whoever is asked for help. */
export function ProblemNotice({ code, testId }: { code: ProblemCode; testId?: string }) {
  const { t } = useTranslation();
  return (
    <Notice tone="problem" urgent title={t(`errors.${code}.title`)} testId={testId}>
      <p>
        {t(`errors.${code}.advice`)} <span className="muted">{t('errors.code', { code })}</span>
      </p>
    </Notice>
  );
}
