import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf, type ProblemCode } from '@/core/errors';
import { readSavedCall, type SavedCall } from '@/core/local/savedCall';
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
  const { session } = useServices();
  const phase = useMeeting((state) => state.phase);
  const endReason = useMeeting((state) => state.endReason);
  const [saved] = useState<SavedCall | null>(() => readSavedCall(code));
  const [returning, setReturning] = useState(saved?.active === true);
  const [problem, setProblem] = useState<ProblemCode | null>(null);

  useEffect(() => {
    void loadCall();
    const call = readSavedCall(code);
    if (!call?.active || session.store.getState().phase !== 'idle') return;
    session.resume(code, call).then(
      () => setReturning(false),
      (error: unknown) => {
        setProblem(codeOf(error));
        setReturning(false);
      },
    );
  }, [code, session]);
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
  if (phase === 'ended') return <EndedPage code={code} reason={endReason ?? 'left'} />;
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
  if (saved?.active === false && phase === 'idle') return <EndedPage code={code} reason="replaced" />;
  return <PreJoinPage code={code} problem={problem} onNotFound={() => setProblem('meeting_not_found')} />;
}
