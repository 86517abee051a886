import { createStore, type StoreApi } from 'zustand/vanilla';
import type { MeetingInfo, QualityUpdate, SlotState } from '../contracts';
import type { ProblemCode } from '../errors';
import type { MediaState } from '../media/MediaSession';
import type { SlotPlan } from '../media/slotPlan';
import type { Roster } from './roster';

/** Why the call is over for this tab. */
export type EndReason = 'left' | 'replaced' | 'meeting_ended' | ProblemCode;

export interface MeetingState {
  phase: 'idle' | 'joining' | 'inCall' | 'ended';
  endReason: EndReason | null;
  meeting: MeetingInfo | null;
  selfId: string | null;
  /** Everybody, or in a large meeting those whom one can see or hear. */
  roster: Roster;
  rosterComplete: boolean;
  participantCount: number;
  /** Loudest first. */
  speakers: readonly string[];
  /** Signalling is lost, or back but not yet joined again. */
  reconnecting: boolean;
  media: MediaState;
  /** Media has not connected for so long that a network that blocks it is the likely cause. */
  mediaBlocked: boolean;
  /** The browser plays no sound before the person touches the page. */
  soundBlocked: boolean;
  quality: QualityUpdate | null;
  plan: SlotPlan;
  slots: ReadonlyMap<string, SlotState>;
  /** Counts peer connections: the streams of slots belong to one. */
  mediaGeneration: number;
}

export const initialMeetingState: MeetingState = {
  phase: 'idle',
  endReason: null,
  meeting: null,
  selfId: null,
  roster: new Map(),
  rosterComplete: true,
  participantCount: 0,
  speakers: [],
  reconnecting: false,
  media: 'connecting',
  mediaBlocked: false,
  soundBlocked: false,
  quality: null,
  plan: new Map(),
  slots: new Map(),
  mediaGeneration: 0,
};

export type MeetingStore = StoreApi<MeetingState>;
export const createMeetingStore = (): MeetingStore => createStore<MeetingState>(() => initialMeetingState);
