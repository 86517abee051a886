import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf, type ProblemCode } from '@/core/errors';
import { readSavedCall } from '@/core/local/savedCall';
import { pathOf } from '@/core/meeting/invitation';
import { useMeeting, useServices } from '@/hooks/services';
import { MessagePage } from '@/ui/MessagePage';
import { Waiting } from '@/ui/Waiting';
import { EndedPage } from '../after/EndedPage';
import { PreJoinPage } from '../prejoin/PreJoinPage';

// The call is loaded while people look at themselves in the preview.
const loadCall = () => import('../call/CallPage');
const CallPage = lazy(() => loadCall().then(({ CallPage }) => ({ default: CallPage })));

/** One meeting's address: pre-join, call and what comes after it. A reload during the call comes back to the call. */
export function MeetingPage({ code }: { code: string }) {
  const { t } = useTranslation();
  const { local, session } = useServices();
  const phase = useMeeting((state) => state.phase);
  const endReason = useMeeting((state) => state.endReason);
  const [saved] = useState(() => readSavedCall(code));
  const [returning, setReturning] = useState(saved?.active === true);
  // A reload of the page that said so: the call still goes on elsewhere.
  const [replaced, setReplaced] = useState(saved?.active === false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);

  const comeBack = useCallback(() => {
    session
      .comeBack(code)
      .catch((error: unknown) => {
        local.closeAll();
        setProblem(codeOf(error));
      })
      .finally(() => setReturning(false));
  }, [code, local, session]);

  useEffect(() => {
    void loadCall();
    if (readSavedCall(code)?.active && session.store.getState().phase === 'idle') comeBack();
  }, [code, comeBack, session]);
  // Whoever goes to another address by the browser's buttons has left.
  useEffect(
    () => () => {
      if (window.location.pathname !== pathOf(code)) void session.leave().then(() => session.reset());
    },
    [code, session],
  );

  if (phase === 'inCall') {
    return (
      <Suspense fallback={<Waiting text={t('meeting.entering')} />}>
        <CallPage />
      </Suspense>
    );
  }
  if (returning) return <Waiting text={t('meeting.returning')} wayOut />;
  if (problem === 'meeting_not_found') {
    return (
      <MessagePage
        title={t(`errors.${problem}.title`)}
        text={t(`errors.${problem}.advice`)}
        code={problem}
        testId="meeting-not-found"
      />
    );
  }
  if (phase === 'ended' || replaced) {
    const onReturn = () => {
      setReturning(true);
      setReplaced(false);
      setProblem(null);
      comeBack();
    };
    return <EndedPage reason={replaced ? 'replaced' : (endReason ?? 'left')} problem={problem} onReturn={onReturn} />;
  }
  return <PreJoinPage code={code} problem={problem} onNotFound={() => setProblem('meeting_not_found')} />;
}
