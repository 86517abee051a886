import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf, type ProblemCode } from '@/core/errors';
import { readPreferences, rememberPreferences } from '@/core/local/preferences';
import { useMeeting, useServices } from '@/hooks/services';
import { useTitle } from '@/hooks/useTitle';
import { CopyLink } from '@/ui/CopyLink';
import { DeviceSettings } from '@/ui/DeviceSettings';
import { PageFrame } from '@/ui/PageFrame';
import { ProblemNotice } from '@/ui/ProblemNotice';
import classes from './PreJoinPage.module.css';
import { Preview } from './Preview';
import { useMeetingLookUp } from './useMeetingLookUp';

const longestName = 80;

interface PreJoinProps {
  code: string;
  /** Why the way back into the call failed. */
  problem: ProblemCode | null;
  onNotFound: () => void;
}

export function PreJoinPage({ code, problem: earlierProblem, onNotFound }: PreJoinProps) {
  const { t } = useTranslation();
  const { local, session } = useServices();
  const joining = useMeeting((state) => state.phase === 'joining');
  const [name, setName] = useState(() => readPreferences().name);
  const [nameMissing, setNameMissing] = useState(false);
  const [problem, setProblem] = useState(earlierProblem);
  const lookUp = useMeetingLookUp(code, onNotFound);
  const field = useRef<HTMLInputElement>(null);
  // On a phone the devices are a touch away, so that the button to join is in sight.
  const [wide] = useState(() => window.innerWidth > 860);
  useTitle(t('prejoin.title'));

  useEffect(() => {
    const { microphoneOn, cameraOn } = readPreferences();
    void local.openBoth({ microphone: microphoneOn, camera: cameraOn });
    // Not on a phone, where the keyboard would cover the preview.
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus();
    return () => {
      if (session.store.getState().phase === 'idle') local.closeAll();
    };
  }, [local, session]);

  const join = async () => {
    const wanted = name.trim();
    if (wanted === '') {
      setNameMissing(true);
      field.current?.focus();
      return;
    }
    setProblem(null);
    const { microphone, camera } = local.store.getState();
    rememberPreferences({ name: wanted, microphoneOn: microphone.on, cameraOn: camera.on });
    try {
      await session.enter(code, wanted);
    } catch (error) {
      if (codeOf(error) === 'meeting_not_found') onNotFound();
      else setProblem(codeOf(error));
    }
  };

  return (
    <PageFrame>
      <div className={classes.page}>
        <Preview />
        <form
          className={classes.side}
          onSubmit={(event) => {
            event.preventDefault();
            void join();
          }}
        >
          <div>
            <h1 className={classes.title}>{lookUp.info?.title || t('prejoin.title')}</h1>
            <p className="muted" role="status">
              {lookUp.waiting
                ? t('prejoin.connecting')
                : t('prejoin.present', { count: lookUp.info?.participantCount ?? 0 })}
            </p>
          </div>
          <TextInput
            ref={field}
            label={t('prejoin.name')}
            placeholder={t('prejoin.namePlaceholder')}
            value={name}
            maxLength={longestName}
            autoComplete="name"
            error={nameMissing && name.trim() === '' ? t('prejoin.nameMissing') : null}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="prejoin-name"
          />
          {problem ? <ProblemNotice code={problem} testId="prejoin-problem" /> : null}
          <Button type="submit" size="lg" fullWidth disabled={joining} data-testid="prejoin-join">
            {joining ? t('meeting.entering') : t('prejoin.join')}
          </Button>
          <p className={classes.as}>
            {name.trim() === '' ? t('prejoin.asNobody') : t('prejoin.as', { name: name.trim() })}
          </p>
          <CopyLink code={code} />
        </form>
        <details className={classes.devices} open={wide}>
          <summary>{t('prejoin.devices')}</summary>
          <DeviceSettings />
        </details>
      </div>
    </PageFrame>
  );
}
