import { IconMicrophoneOff } from '@tabler/icons-react';
import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocalMedia, useMeeting } from '@/hooks/services';
import { useStream } from '@/hooks/useMediaElement';
import { Avatar } from '@/ui/Avatar';
import classes from './SelfView.module.css';

interface Corner {
  right: boolean;
  bottom: boolean;
}

const moved: Partial<Record<string, Partial<Corner>>> = {
  ArrowLeft: { right: false },
  ArrowRight: { right: true },
  ArrowUp: { bottom: false },
  ArrowDown: { bottom: true },
};

/** One's own picture: small, mirrored, in the corner where it disturbs least. Dragged, or moved with the arrow keys. */
export function SelfView() {
  const { t } = useTranslation();
  const name = useMeeting((state) => (state.selfId ? state.roster.get(state.selfId)?.displayName : undefined)) ?? '';
  const speaking = useMeeting((state) => state.selfId !== null && state.speakers.includes(state.selfId));
  const camera = useLocalMedia((state) => state.camera);
  const microphoneOn = useLocalMedia((state) => state.microphone.on);
  const track = camera.on ? camera.track : null;
  const stream = useMemo(() => (track ? new MediaStream([track]) : null), [track]);
  const attach = useStream(stream);
  const [corner, setCorner] = useState<Corner>(() => ({ right: true, bottom: window.innerWidth > 600 }));
  const [drag, setDrag] = useState<{ x: number; y: number } | null>(null);
  const start = useRef({ x: 0, y: 0 });

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, y: event.clientY };
    setDrag({ x: 0, y: 0 });
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (drag) setDrag({ x: event.clientX - start.current.x, y: event.clientY - start.current.y });
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    const stage = event.currentTarget.parentElement?.getBoundingClientRect();
    const tile = event.currentTarget.getBoundingClientRect();
    setDrag(null);
    if (!stage) return;
    setCorner({
      right: tile.left + tile.width / 2 > stage.left + stage.width / 2,
      bottom: tile.top + tile.height / 2 > stage.top + stage.height / 2,
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const change = moved[event.key];
    if (!change) return;
    event.preventDefault();
    setCorner((old) => ({ ...old, ...change }));
  };

  const states = [!microphoneOn && t('devices.microphoneOff'), !camera.on && t('devices.cameraOff')].filter(Boolean);
  return (
    // A group one can move is not among ARIA's roles: the description says which keys do it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={classes.self}
      style={drag ? { transform: `translate(${drag.x}px, ${drag.y}px)` } : undefined}
      role="group"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label={[t('tile.you', { name }), ...states].join(', ')}
      aria-describedby="self-move"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => setDrag(null)}
      onKeyDown={onKeyDown}
      data-testid="tile"
      data-source="camera"
      data-self
      data-right={corner.right}
      data-bottom={corner.bottom}
      data-dragging={drag !== null}
      data-speaking={speaking}
    >
      <span id="self-move" hidden>
        {t('tile.move')}
      </span>
      {stream ? (
        <video ref={attach} className={classes.video} muted playsInline aria-hidden />
      ) : (
        <Avatar name={name} size={56} />
      )}
      <div className={classes.label}>
        {microphoneOn ? null : <IconMicrophoneOff size={16} aria-hidden />}
        <span>{t('tile.self')}</span>
      </div>
    </div>
  );
}
