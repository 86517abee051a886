import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { DeviceProblem } from '@/core/media/deviceProblem';
import { Notice } from './Notice';

interface Props {
  device: 'camera' | 'microphone' | 'both';
  problem: DeviceProblem | null;
  onRetry: () => void;
}

/** Why a device does not work, in plain words, with a way out. One can always go on without it. */
export function DeviceProblemNotice({ device, problem, onRetry }: Props) {
  const { t } = useTranslation();
  if (problem === null) return null;
  const hopeless = problem === 'insecure' || problem === 'unsupported';
  return (
    <Notice tone="warning" urgent title={t(`problems.${problem}.${device}`)} testId={`problem-${device}`}>
      <p>
        {t(`problems.${problem}.advice`)} {t('problems.without')}
      </p>
      {hopeless ? null : (
        <Button variant="default" onClick={onRetry}>
          {t('common.retry')}
        </Button>
      )}
    </Notice>
  );
}
