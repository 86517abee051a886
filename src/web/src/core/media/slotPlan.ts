import type { MediaSource, SlotChoice, SlotState } from '../contracts';

/** A tile on the screen that should show moving pictures. */
export interface WantedTile {
  participantId: string;
  source: MediaSource;
  /** In device pixels. */
  height: number;
  priority: number;
  /** The camera is off: keeps its slot while there are slots enough, so that switching on shows at once. */
  idle: boolean;
}

/** What each slot is asked to show, by mid. */
export type SlotPlan = ReadonlyMap<string, SlotChoice>;

const same = (a: SlotChoice, tile: WantedTile) => a.participantId === tile.participantId && a.source === tile.source;

/** Heights that differ by less choose the same layer: not worth a message. */
const heightStep = 16;
const rounded = (height: number) => Math.min(4320, Math.ceil(height / heightStep) * heightStep);

const emptied = (mid: string): SlotChoice => ({ mid, participantId: null, source: 'camera', height: 0, priority: 0 });

/**
 * Assigns tiles to slots. A tile keeps the slot it has, because a change costs a key frame; new tiles take free slots in the order of
 * `tiles`; tiles for which there is no slot wait. Slots that show nothing wanted are emptied.
 */
export function planSlots(mids: readonly string[], plan: SlotPlan, tiles: readonly WantedTile[]): SlotPlan {
  const wanted = [...tiles.filter((t) => !t.idle), ...tiles.filter((t) => t.idle)].slice(0, mids.length);
  const free = new Set(mids);
  const next = new Map<string, SlotChoice>();
  const homeless: WantedTile[] = [];
  const fill = (mid: string, tile: WantedTile) => {
    free.delete(mid);
    const { participantId, source, priority } = tile;
    next.set(mid, { mid, participantId, source, height: rounded(tile.height), priority });
  };
  for (const tile of wanted) {
    const mid = mids.find((m) => free.has(m) && same(plan.get(m) ?? emptied(m), tile));
    if (mid === undefined) homeless.push(tile);
    else fill(mid, tile);
  }
  for (const tile of homeless) {
    const [mid] = free;
    if (mid !== undefined) fill(mid, tile);
  }
  for (const mid of free) next.set(mid, emptied(mid));
  return new Map(mids.map((mid) => [mid, next.get(mid) ?? emptied(mid)]));
}

/** What to tell the server. */
export function changedChoices(before: SlotPlan, after: SlotPlan): SlotChoice[] {
  return [...after.values()].filter((choice) => {
    const old = before.get(choice.mid) ?? emptied(choice.mid);
    return (
      old.participantId !== choice.participantId ||
      (choice.participantId !== null &&
        (old.source !== choice.source || old.height !== choice.height || old.priority !== choice.priority))
    );
  });
}

const steps = [9, 16, 25, 36, 49];

/** How many slots to have for so many moving tiles: in few steps, because each costs a negotiation. */
export const slotsFor = (tiles: number, atMost: number): number =>
  Math.min(atMost, steps.find((step) => step >= tiles) ?? Math.max(...steps));

/** The slot that shows a tile now: as the server says, among those that were asked to show it. */
export function slotOf(
  plan: SlotPlan,
  slots: ReadonlyMap<string, SlotState>,
  participantId: string,
  source: MediaSource,
): string | null {
  for (const choice of plan.values()) {
    if (choice.participantId !== participantId || choice.source !== source) continue;
    const state = slots.get(choice.mid);
    if (state?.participantId === participantId && state.source === source) return choice.mid;
  }
  return null;
}
