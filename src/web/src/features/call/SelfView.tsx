import { IconMicrophoneOff } from '@tabler/icons-react';
import { useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocalMedia, useMeeting } from '@/hooks/services';
import { useStream } from '@/hooks/useMediaElement';
import { Avatar } from '@/ui/Avatar';
import type { Rect } from '@/core/layout/stage';
import { changeCallView, useCallView, type Corner } from './callView';
import classes from './SelfView.module.css';

const dragFrom = 8;

const moved: Partial<Record<string, Partial<Corner>>> = {
  ArrowLeft: { right: false },
  ArrowRight: { right: true },
  ArrowUp: { bottom: false },
  ArrowDown: { bottom: true },
};

function styleOf(rect: Rect | null, drag: { x: number; y: number } | null): CSSProperties {
  const { x, y } = drag ?? { x: 0, y: 0 };
  if (rect) {
    const { width, height } = rect;
    return { width, height, transform: `translate(${rect.x + x}px, ${rect.y + y}px)` };
  }
  return drag ? { transform: `translate(${x}px, ${y}px)` } : {};
}

/**
 * One's own picture, mirrored: small in a corner, or among the others where it would cover them. Dragged, or moved with the arrow keys, it
 * stays in the corner where the person has put it.
 */
export function SelfView({ rect }: { rect: Rect | null }) {
  const { t } = useTranslation();
  const name = useMeeting((state) => (state.selfId ? state.roster.get(state.selfId)?.displayName : undefined)) ?? '';
  const speaking = useMeeting((state) => state.selfId !== null && state.speakers.includes(state.selfId));
  const camera = useLocalMedia((state) => state.camera);
  const microphoneOn = useLocalMedia((state) => state.microphone.on);
  const track = camera.on ? camera.track : null;
  const stream = useMemo(() => (track ? new MediaStream([track]) : null), [track]);
  const attach = useStream(stream);
  const [home] = useState<Corner>(() => ({ right: true, bottom: window.innerWidth > 600 }));
  const corner = useCallView((state) => state.selfCorner) ?? home;
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
    // A click is not a move.
    if (!stage || !drag || Math.hypot(drag.x, drag.y) < dragFrom) return;
    changeCallView({
      selfCorner: {
        right: tile.left + tile.width / 2 > stage.left + stage.width / 2,
        bottom: tile.top + tile.height / 2 > stage.top + stage.height / 2,
      },
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const change = moved[event.key];
    if (!change) return;
    event.preventDefault();
    changeCallView({ selfCorner: { ...corner, ...change } });
  };

  const states = [!microphoneOn && t('devices.microphoneOff'), !camera.on && t('devices.cameraOff')].filter(Boolean);
  return (
    // A group one can move is not among ARIA's roles: the description says which keys do it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={classes.self}
      style={styleOf(rect, drag)}
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
      data-docked={rect !== null}
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
        <Avatar name={name} size={rect ? Math.round(Math.min(rect.width, rect.height) * 0.36) : 56} />
      )}
      <div className={classes.label}>
        {microphoneOn ? null : <IconMicrophoneOff size={16} aria-hidden />}
        <span>{t('tile.self')}</span>
      </div>
    </div>
  );
}
