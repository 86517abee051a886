import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ProblemCode } from '@/core/errors';
import type { EndReason } from '@/core/meeting/meetingStore';
import { useTitle } from '@/hooks/useTitle';
import { MessagePage } from '@/ui/MessagePage';
import { ProblemNotice } from '@/ui/ProblemNotice';

interface EndedPageProps {
  reason: EndReason;
  /** Why coming back failed. */
  problem: ProblemCode | null;
  onReturn: () => void;
}

/** The call is over for this tab: why, and the ways on. */
export function EndedPage({ reason, problem, onReturn }: EndedPageProps) {
  const { t } = useTranslation();
  const [title, text] = wordsOf(reason, t);
  useTitle(title);
  return (
    <MessagePage title={title} text={text} code={isProblem(reason) ? reason : undefined} testId={`ended-${reason}`}>
      {problem ? <ProblemNotice code={problem} /> : null}
      {reason === 'meeting_ended' ? null : (
        <Button onClick={onReturn} data-testid="ended-return">
          {reason === 'replaced' ? t('ended.useHere') : t('ended.return')}
        </Button>
      )}
    </MessagePage>
  );
}

const isProblem = (reason: EndReason): reason is ProblemCode =>
  reason !== 'left' && reason !== 'replaced' && reason !== 'meeting_ended';

function wordsOf(reason: EndReason, t: ReturnType<typeof useTranslation>['t']): [string, string] {
  if (isProblem(reason)) return [t(`errors.${reason}.title`), t(`errors.${reason}.advice`)];
  return [t(`ended.${reason}.title`), t(`ended.${reason}.text`)];
}
