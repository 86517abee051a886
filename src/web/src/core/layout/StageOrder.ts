import { createStore } from 'zustand/vanilla';
import type { MeetingStore } from '../meeting/meetingStore';
import { orderTiles } from './order';

export interface StageOrderState {
  /** The others, in the order of their tiles. */
  order: readonly string[];
  /** Who speaks, or spoke last: the one to show large in the speaker view. */
  activeSpeaker: string | null;
  /** Others who share their screen, the latest last. */
  presenters: readonly string[];
}

/** Follows the meeting and keeps the tiles' order calm. */
export class StageOrder {
  readonly store = createStore<StageOrderState>(() => ({ order: [], activeSpeaker: null, presenters: [] }));
  private readonly lastSpoke = new Map<string, number>();
  private turn = 0;
  private perPage = 9;

  constructor(private readonly meeting: MeetingStore) {
    meeting.subscribe((state, before) => {
      if (state.roster !== before.roster || state.speakers !== before.speakers || state.selfId !== before.selfId)
        this.update();
    });
  }

  showPerPage(perPage: number): void {
    if (perPage === this.perPage) return;
    this.perPage = perPage;
    this.update();
  }

  private update(): void {
    const { roster, selfId, speakers } = this.meeting.getState();
    const before = this.store.getState();
    const others = [...roster.keys()].filter((id) => id !== selfId);
    const speaking = speakers.filter((id) => id !== selfId && roster.has(id));
    this.turn++;
    for (const id of speaking) this.lastSpoke.set(id, this.turn);
    const sharing = others.filter((id) => roster.get(id)?.devices.screen);
    const stayed = before.activeSpeaker !== null && roster.has(before.activeSpeaker) ? before.activeSpeaker : null;
    this.store.setState({
      order: orderTiles(before.order, others, this.perPage, speaking, this.lastSpoke),
      activeSpeaker: speaking[0] ?? stayed,
      presenters: [
        ...before.presenters.filter((id) => sharing.includes(id)),
        ...sharing.filter((id) => !before.presenters.includes(id)),
      ],
    });
  }
}
