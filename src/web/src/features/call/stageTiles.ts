import type { MediaSource, Participant } from '@/core/contracts';
import { focusLayout, gridLayout, type Rect, type Size } from '@/core/layout/stage';
import type { StageOrderState } from '@/core/layout/StageOrder';
import type { WantedTile } from '@/core/media/slotPlan';
import type { Roster } from '@/core/meeting/roster';
import type { StageView } from './callView';

export interface StageTile {
  key: string;
  participant: Participant;
  source: Extract<MediaSource, 'camera' | 'screen'>;
  rect: Rect;
  focused: boolean;
}

export interface StageScene {
  tiles: StageTile[];
  page: number;
  pages: number;
  perPage: number;
}

export const keyOf = (participantId: string, source: 'camera' | 'screen'): string => `${participantId}:${source}`;

interface StageInput {
  size: Size;
  roster: Roster;
  order: StageOrderState;
  view: StageView;
  pinned: string | null;
  page: number;
}

/** Which tiles are on the screen, and where. A pinned tile is large, else a shared screen, else in the speaker view who speaks. */
export function sceneOf({ size, roster, order, view, pinned, page }: StageInput): StageScene {
  const screens = order.presenters.map((id) => keyOf(id, 'screen'));
  const cameras = order.order.map((id) => keyOf(id, 'camera'));
  const all = [...screens, ...cameras];
  const speaker = view === 'speaker' ? (order.activeSpeaker ?? order.order[0]) : undefined;
  const focus =
    all.find((key) => key === pinned) ??
    screens.at(-1) ??
    (speaker === undefined ? undefined : keyOf(speaker, 'camera'));
  const others = all.filter((key) => key !== focus);
  const shape = focus === undefined ? gridLayout(size, others.length) : focusLayout(size, others.length);
  const pages = Math.max(1, Math.ceil(others.length / shape.perPage));
  const shown = Math.min(page, pages - 1);
  const onPage = others.slice(shown * shape.perPage, (shown + 1) * shape.perPage);
  const { rects } =
    onPage.length === others.length
      ? shape
      : focus === undefined
        ? gridLayout(size, onPage.length)
        : focusLayout(size, onPage.length);
  const keys = focus === undefined ? onPage : [focus, ...onPage];
  const tiles = keys.flatMap((key, index): StageTile[] => {
    const [id = '', source] = key.split(':');
    const participant = roster.get(id);
    const rect = rects[index];
    if (!participant || !rect || (source !== 'camera' && source !== 'screen')) return [];
    return [{ key, participant, source, rect, focused: key === focus }];
  });
  return { tiles, page: shown, pages, perPage: shape.perPage };
}

const priorities = { focused: 3, speaking: 2, other: 1 };

/** What the tiles need from the server. Heights in device pixels; in a tab nobody looks at the smallest picture is enough. */
export function wantedTiles(
  tiles: readonly StageTile[],
  speakers: readonly string[],
  pixelRatio: number,
  hidden: boolean,
): WantedTile[] {
  return tiles.map(({ participant, source, rect, focused }) => ({
    participantId: participant.id,
    source,
    // A camera fills its tile and is cut: its whole picture may be higher than the tile.
    height: hidden ? 90 : Math.max(rect.height, source === 'camera' ? (rect.width * 9) / 16 : 0) * pixelRatio,
    priority: focused ? priorities.focused : speakers.includes(participant.id) ? priorities.speaking : priorities.other,
    idle: source === 'camera' && !participant.devices.camera,
  }));
}
