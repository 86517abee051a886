import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf, type ProblemCode } from '@/core/errors';
import { readPreferences } from '@/core/local/preferences';
import { readSavedCall } from '@/core/local/savedCall';
import type { EndReason } from '@/core/meeting/meetingStore';
import { useServices } from '@/hooks/services';
import { useTitle } from '@/hooks/useTitle';
import { MessagePage } from '@/ui/MessagePage';
import { ProblemNotice } from '@/ui/ProblemNotice';
import { Waiting } from '@/ui/Waiting';

/** The call is over for this tab: why, and the ways on. */
export function EndedPage({ code, reason }: { code: string; reason: EndReason }) {
  const { t } = useTranslation();
  const { session, local } = useServices();
  const [returning, setReturning] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);

  const comeBack = async () => {
    setReturning(true);
    setProblem(null);
    const saved = readSavedCall(code);
    const { name, microphoneOn, cameraOn } = readPreferences();
    try {
      if (saved) {
        await session.resume(code, saved);
      } else {
        void local.openBoth({ microphone: microphoneOn, camera: cameraOn });
        await session.enter(code, name);
      }
    } catch (error) {
      local.closeAll();
      setProblem(codeOf(error));
      setReturning(false);
    }
  };

  const [title, text] = wordsOf(reason, t);
  useTitle(title);
  if (returning) return <Waiting text={t('meeting.returning')} />;
  return (
    <MessagePage title={title} text={text} code={isProblem(reason) ? reason : undefined} testId={`ended-${reason}`}>
      {problem ? <ProblemNotice code={problem} /> : null}
      {reason === 'meeting_ended' ? null : (
        <Button onClick={() => void comeBack()} data-testid="ended-return">
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
