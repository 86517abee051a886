import { UnstyledButton } from '@mantine/core';
import { IconMicrophone, IconMicrophoneOff, IconVideo, IconVideoOff } from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocalMedia, useServices } from '@/hooks/services';
import { useLevel } from '@/hooks/useLevel';
import { useStream } from '@/hooks/useMediaElement';
import { DeviceProblemNotice } from '@/ui/DeviceProblemNotice';
import classes from './Preview.module.css';

/** How the others will see this person, and what is wrong if they will not. */
export function Preview() {
  const { t } = useTranslation();
  const { local } = useServices();
  const camera = useLocalMedia((state) => state.camera);
  const microphone = useLocalMedia((state) => state.microphone);
  const stream = useMemo(() => (camera.track ? new MediaStream([camera.track]) : null), [camera.track]);
  const attach = useStream(stream);
  const sameProblem = camera.problem !== null && camera.problem === microphone.problem;
  return (
    <div className={classes.column}>
      <div className={classes.preview}>
        {stream ? (
          <video ref={attach} className={classes.video} muted playsInline aria-label={t('prejoin.preview')} />
        ) : (
          <p className={classes.off}>{camera.starting ? t('devices.cameraStarting') : t('devices.cameraOff')}</p>
        )}
        <div className={classes.controls}>
          <Toggle
            on={microphone.on}
            label={microphone.on ? t('devices.microphoneOn') : t('devices.microphoneOff')}
            action={microphone.on ? t('devices.turnOff') : t('devices.turnOn')}
            icon={
              microphone.on ? <MicrophoneLevel track={microphone.track} /> : <IconMicrophoneOff size={24} aria-hidden />
            }
            onClick={() => (microphone.on ? local.close('microphone') : void local.open('microphone'))}
            testId="prejoin-mic"
          />
          <Toggle
            on={camera.on}
            label={camera.on ? t('devices.cameraOn') : t('devices.cameraOff')}
            action={camera.on ? t('devices.turnOff') : t('devices.turnOn')}
            icon={camera.on ? <IconVideo size={24} aria-hidden /> : <IconVideoOff size={24} aria-hidden />}
            onClick={() => (camera.on ? local.close('camera') : void local.open('camera'))}
            testId="prejoin-camera"
          />
        </div>
      </div>
      {sameProblem ? (
        <DeviceProblemNotice
          device="both"
          problem={camera.problem}
          onRetry={() => void local.openBoth({ microphone: true, camera: true })}
        />
      ) : (
        <>
          <DeviceProblemNotice device="camera" problem={camera.problem} onRetry={() => void local.open('camera')} />
          <DeviceProblemNotice
            device="microphone"
            problem={microphone.problem}
            onRetry={() => void local.open('microphone')}
          />
        </>
      )}
    </div>
  );
}

/** The sign itself moves with the voice: one sees at a glance that one is heard. */
function MicrophoneLevel({ track }: { track: MediaStreamTrack | null }) {
  const level = useLevel(track);
  return (
    <span className={classes.microphone} style={{ '--level': level.toFixed(2) }}>
      <IconMicrophone size={24} aria-hidden />
    </span>
  );
}

interface ToggleProps {
  on: boolean;
  label: string;
  action: string;
  icon: ReactNode;
  onClick: () => void;
  testId: string;
}

function Toggle({ on, label, action, icon, onClick, testId }: ToggleProps) {
  return (
    <UnstyledButton
      className={classes.toggle}
      data-on={on}
      aria-label={`${label}. ${action}`}
      onClick={onClick}
      data-testid={testId}
    >
      {icon}
      <span>{label}</span>
    </UnstyledButton>
  );
}
