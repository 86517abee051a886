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
  /** Where one's own picture stands among the others; null when it floats above them. */
  self: Rect | null;
}

export const keyOf = (participantId: string, source: 'camera' | 'screen'): string => `${participantId}:${source}`;

interface StageInput {
  size: Size;
  roster: Roster;
  order: StageOrderState;
  view: StageView;
  pinned: string | null;
  page: number;
  /** The person has not moved their own picture to a corner. */
  dockSelf: boolean;
}

/** With so many others a floating picture would lie on somebody's name or face. */
const dockFrom = 3;

/** Which tiles are on the screen, and where. A pinned tile is large, else a shared screen, else in the speaker view who speaks. */
export function sceneOf({ size, roster, order, view, pinned, page, dockSelf }: StageInput): StageScene {
  const screens = order.presenters.map((id) => keyOf(id, 'screen'));
  const cameras = order.order.map((id) => keyOf(id, 'camera'));
  const all = [...screens, ...cameras];
  const speaker = view === 'speaker' ? (order.activeSpeaker ?? order.order[0]) : undefined;
  const focus =
    all.find((key) => key === pinned) ??
    screens.at(-1) ??
    (speaker === undefined ? undefined : keyOf(speaker, 'camera'));
  const others = all.filter((key) => key !== focus);
  const layout = (count: number) => (focus === undefined ? gridLayout(size, count) : focusLayout(size, count));
  const docked = dockSelf && others.length >= (focus === undefined ? dockFrom : 1) ? 1 : 0;
  const perPage = Math.max(1, layout(others.length + docked).perPage - docked);
  const pages = Math.max(1, Math.ceil(others.length / perPage));
  const shown = Math.min(page, pages - 1);
  const onPage = others.slice(shown * perPage, (shown + 1) * perPage);
  const { rects } = layout(onPage.length + docked);
  const keys = focus === undefined ? onPage : [focus, ...onPage];
  const tiles = keys.flatMap((key, index): StageTile[] => {
    const [id = '', source] = key.split(':');
    const participant = roster.get(id);
    const rect = rects[index];
    if (!participant || !rect || (source !== 'camera' && source !== 'screen')) return [];
    return [{ key, participant, source, rect, focused: key === focus }];
  });
  // A strip for one has no room for two.
  const self = docked === 1 && rects.length > keys.length ? (rects.at(-1) ?? null) : null;
  return { tiles, page: shown, pages, perPage, self };
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
