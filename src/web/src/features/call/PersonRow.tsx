import { IconMicrophone, IconMicrophoneOff, IconVideo, IconVideoOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Participant } from '@/core/contracts';
import { Avatar } from '@/ui/Avatar';
import classes from './PeoplePanel.module.css';

interface PersonRowProps {
  person: Participant;
  self: boolean;
  speaking: boolean;
  top: number;
  height: number;
  position: number;
  count: number;
}

export function PersonRow({ person, self, speaking, top, height, position, count }: PersonRowProps) {
  const { t } = useTranslation();
  const { devices, displayName, connected } = person;
  const states = [
    speaking ? t('tile.speaking') : devices.microphone ? t('devices.microphoneOn') : t('devices.microphoneOff'),
    devices.screen ? t('people.shares') : devices.camera ? null : t('devices.cameraOff'),
    connected ? null : t('tile.reconnecting'),
  ].filter((state) => state !== null);
  const Microphone = devices.microphone ? IconMicrophone : IconMicrophoneOff;
  const Camera = devices.camera ? IconVideo : IconVideoOff;
  return (
    <li
      className={classes.row}
      style={{ transform: `translateY(${top}px)`, height }}
      aria-setsize={count}
      aria-posinset={position}
    >
      <Avatar name={displayName} size={40} />
      <span className={classes.words}>
        <span className={classes.name} title={displayName}>
          {displayName}
          {self ? <span className="muted"> {t('people.you')}</span> : null}
        </span>
        <span className={classes.states}>{states.join(', ')}</span>
      </span>
      <Microphone
        size={20}
        aria-hidden
        className={classes.icon}
        data-off={!devices.microphone}
        data-speaking={speaking}
      />
      <Camera size={20} aria-hidden className={classes.icon} data-off={!devices.camera} />
    </li>
  );
}
