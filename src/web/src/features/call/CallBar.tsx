import { Menu } from '@mantine/core';
import {
  IconDots,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhoneOff,
  IconScreenShare,
  IconScreenShareOff,
  IconUsers,
  IconVideo,
  IconVideoOff,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { canShareScreen } from '@/core/media/capture';
import { useLocalMedia, useMeeting } from '@/hooks/services';
import { BarButton } from './BarButton';
import classes from './CallBar.module.css';
import { peopleButtonId, togglePanel, useCallView } from './callView';
import { MoreMenu } from './MoreMenu';
import { SpeakingWhileMuted } from './SpeakingWhileMuted';
import type { CallActions } from './useCallActions';

export function CallBar({ actions }: { actions: CallActions }) {
  const { t } = useTranslation();
  const microphone = useLocalMedia((state) => state.microphone);
  const camera = useLocalMedia((state) => state.camera);
  const sharing = useLocalMedia((state) => state.screen.video !== null);
  const count = useMeeting((state) => state.participantCount);
  const panelOpen = useCallView((state) => state.panelOpen);
  return (
    <nav className={classes.bar} aria-label={t('bar.label')}>
      <SpeakingWhileMuted />
      <p className="visually-hidden" role="status">
        {`${microphone.on ? t('devices.microphoneOn') : t('devices.microphoneOff')}. ${camera.on ? t('devices.cameraOn') : t('devices.cameraOff')}`}
      </p>
      <BarButton
        testId="call-mic"
        icon={microphone.on ? IconMicrophone : IconMicrophoneOff}
        label={t('bar.microphone')}
        state={microphone.on ? t('bar.microphoneOn') : t('bar.microphoneOff')}
        action={microphone.on ? t('devices.turnOff') : t('devices.turnOn')}
        shortcut="M"
        off={!microphone.on}
        onClick={actions.toggleMicrophone}
      />
      <BarButton
        testId="call-camera"
        icon={camera.on ? IconVideo : IconVideoOff}
        label={t('bar.camera')}
        state={camera.on ? t('bar.cameraOn') : t('bar.cameraOff')}
        action={camera.on ? t('devices.turnOff') : t('devices.turnOn')}
        shortcut="V"
        off={!camera.on}
        onClick={actions.toggleCamera}
      />
      {canShareScreen() ? (
        <BarButton
          testId="call-share"
          className={classes.wide}
          icon={sharing ? IconScreenShareOff : IconScreenShare}
          label={t('bar.screen')}
          state={sharing ? t('bar.stop') : t('bar.share')}
          shortcut="S"
          active={sharing}
          onClick={actions.toggleScreen}
        />
      ) : null}
      <BarButton
        testId="call-people"
        id={peopleButtonId}
        icon={IconUsers}
        label={t('bar.people')}
        state={t('bar.peopleCount', { count })}
        shortcut="P"
        active={panelOpen}
        expanded={panelOpen}
        onClick={togglePanel}
      />
      <Menu position="top" shadow="md" width={320} returnFocus>
        <Menu.Target>
          <BarButton testId="call-more" icon={IconDots} label={t('bar.more')} state={t('bar.settings')} />
        </Menu.Target>
        <MoreMenu actions={actions} sharing={sharing} />
      </Menu>
      <BarButton
        testId="call-leave"
        icon={IconPhoneOff}
        label={t('bar.leave')}
        state={t('bar.leaveHint')}
        danger
        onClick={actions.leave}
      />
    </nav>
  );
}
