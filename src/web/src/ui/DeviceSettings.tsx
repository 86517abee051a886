import { Button, NativeSelect } from '@mantine/core';
import { IconMicrophone, IconVideo, IconVolume } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { playSpeakerTest } from '@/core/media/speakerTest';
import { useLocalMedia, useServices } from '@/hooks/services';
import classes from './DeviceSettings.module.css';
import { LevelBar } from './LevelBar';

/** Camera, microphone with its level, speakers with a test sound: before and during the call. */
export function DeviceSettings() {
  const { t } = useTranslation();
  const { local } = useServices();
  const { microphone, camera, microphones, cameras, speakers, speakerId } = useLocalMedia((state) => state);
  const [testing, setTesting] = useState(false);
  const test = () => {
    setTesting(true);
    void playSpeakerTest(speakerId)
      .catch(() => undefined)
      .finally(() => setTesting(false));
  };
  return (
    <div className={classes.devices}>
      <div className={classes.columns}>
        <DeviceSelect
          testId="device-camera"
          label={t('devices.camera')}
          icon={<IconVideo size={20} aria-hidden />}
          devices={cameras}
          chosen={chosenId(camera.track, camera.deviceId)}
          onChoose={(id) => void local.choose('camera', id)}
        />
        <div className={classes.group}>
          <DeviceSelect
            testId="device-microphone"
            label={t('devices.microphone')}
            icon={<IconMicrophone size={20} aria-hidden />}
            devices={microphones}
            chosen={chosenId(microphone.track, microphone.deviceId)}
            onChoose={(id) => void local.choose('microphone', id)}
          />
          <LevelBar track={microphone.on ? microphone.track : null} />
          <p className="muted">{microphone.on ? t('devices.levelHint') : t('devices.levelOff')}</p>
        </div>
        <div className={classes.group}>
          <DeviceSelect
            testId="device-speaker"
            label={t('devices.speaker')}
            icon={<IconVolume size={20} aria-hidden />}
            devices={speakers}
            chosen={speakerId ?? 'default'}
            onChoose={(id) => local.chooseSpeaker(id)}
          />
          <Button variant="default" onClick={test} disabled={testing} data-testid="speaker-test">
            {testing ? t('devices.testing') : t('devices.test')}
          </Button>
        </div>
      </div>
    </div>
  );
}

interface DeviceSelectProps {
  label: string;
  icon: ReactNode;
  devices: MediaDeviceInfo[];
  chosen: string | null;
  onChoose: (id: string | null) => void;
  testId: string;
}

function DeviceSelect({ label, icon, devices, chosen, onChoose, testId }: DeviceSelectProps) {
  const { t } = useTranslation();
  const known = devices.some((d) => d.deviceId === chosen);
  return (
    <NativeSelect
      label={label}
      leftSection={icon}
      data-testid={testId}
      disabled={devices.length === 0}
      value={known ? (chosen ?? '') : ''}
      onChange={(event) => onChoose(event.currentTarget.value || null)}
    >
      {known ? null : <option value="">{devices.length === 0 ? t('devices.automatic') : t('devices.default')}</option>}
      {devices.map((device) => (
        <option key={device.deviceId} value={device.deviceId}>
          {device.label}
        </option>
      ))}
    </NativeSelect>
  );
}

/** What is in use, which may be another than what was asked for. */
const chosenId = (track: MediaStreamTrack | null, wanted: string | null): string | null =>
  track?.getSettings().deviceId ?? wanted;
