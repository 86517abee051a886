import { IconMicrophoneOff, IconPin, IconPinFilled, IconScreenShare, IconWifiOff } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { slotOf } from '@/core/media/slotPlan';
import { useMeeting, useServices } from '@/hooks/services';
import { useStream } from '@/hooks/useMediaElement';
import { Avatar } from '@/ui/Avatar';
import { togglePin, useCallView } from './callView';
import type { StageTile } from './stageTiles';
import classes from './Tile.module.css';

/** Wide enough for states in words beside the name. */
const wordsFrom = 300;

interface TileProps {
  tile: StageTile;
  speaking: boolean;
}

export const Tile = memo(function Tile({ tile, speaking }: TileProps) {
  const { t } = useTranslation();
  const { participant, source, rect } = tile;
  const { displayName: name, devices, connected } = participant;
  const pinned = useCallView((state) => state.pinned === tile.key);
  const stream = useSlotStream(tile);
  const attach = useStream(stream);
  const words = rect.width >= wordsFrom;
  const screen = source === 'screen';
  const title = screen ? t('tile.screenOf', { name }) : name;
  const states = screen
    ? []
    : [
        !devices.microphone && t('devices.microphoneOff'),
        !devices.camera && t('devices.cameraOff'),
        !connected && t('tile.reconnecting'),
        speaking && t('tile.speaking'),
      ];
  return (
    <div
      className={classes.tile}
      style={{ transform: `translate(${rect.x}px, ${rect.y}px)`, width: rect.width, height: rect.height }}
      role="group"
      aria-label={[title, ...states].filter(Boolean).join(', ')}
      data-testid="tile"
      data-source={source}
      data-participant={participant.id}
      data-speaking={speaking}
    >
      {screen || stream ? null : <Avatar name={name} size={Math.round(Math.min(rect.width, rect.height) * 0.36)} />}
      {stream ? (
        <video
          ref={attach}
          className={classes.video}
          data-fit={screen ? 'contain' : 'cover'}
          muted
          playsInline
          aria-hidden
        />
      ) : null}
      {screen && !stream ? <p className={classes.waiting}>{t('tile.screenStarting')}</p> : null}
      <div className={classes.label}>
        {screen ? <IconScreenShare size={18} aria-hidden className={classes.state} /> : null}
        {!screen && !devices.microphone ? (
          <span className={classes.state}>
            <IconMicrophoneOff size={18} aria-hidden />
            {words ? <span className={classes.words}>{t('devices.microphoneOff')}</span> : null}
          </span>
        ) : null}
        {connected ? null : <IconWifiOff size={18} aria-hidden className={classes.state} />}
        <span className={classes.name}>{title}</span>
      </div>
      <button
        type="button"
        className={classes.pin}
        data-pinned={pinned}
        aria-pressed={pinned}
        aria-label={pinned ? t('tile.unpin', { name: title }) : t('tile.pin', { name: title })}
        onClick={() => togglePin(tile.key)}
      >
        {pinned ? <IconPinFilled size={22} aria-hidden /> : <IconPin size={22} aria-hidden />}
      </button>
    </div>
  );
});

/** The stream of the slot that shows this tile; null while nothing does, or the camera is off. */
function useSlotStream({ participant, source }: StageTile): MediaStream | null {
  const { session } = useServices();
  const mid = useMeeting((state) => slotOf(state.plan, state.slots, participant.id, source));
  // Another peer connection has other streams under the same mids.
  useMeeting((state) => state.mediaGeneration);
  const on = source === 'screen' ? participant.devices.screen : participant.devices.camera;
  return mid !== null && on ? session.media.streamOf(mid) : null;
}
