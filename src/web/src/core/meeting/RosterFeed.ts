import type { JoinedMeeting, MeetingDelta } from '../contracts';
import { applyDelta, rosterOf, type Roster, type RosterChange } from './roster';

/**
 * Keeps the roster in step with the server: a snapshot with each join, deltas in between. Deltas may overtake the snapshot that they count
 * on from: while one is awaited they wait. What a snapshot holds already is dropped by its sequence number.
 */
export class RosterFeed {
  private current: Roster = new Map();
  private sequence = 0;
  /** Of everybody; the roster may hold fewer. */
  count = 0;
  /** False in a large meeting: the roster holds those who have or had a device on. */
  complete = true;
  private waiting: MeetingDelta[] | null = null;

  get roster(): Roster {
    return this.current;
  }

  /** A join is about to be sent. */
  expectSnapshot(): void {
    this.waiting = [];
  }

  /** The join has failed: the next one brings another snapshot. */
  noSnapshot(): void {
    this.waiting = null;
  }

  /** Returns what came after the snapshot, oldest first. */
  onSnapshot(joined: Pick<JoinedMeeting, 'sequence' | 'participants' | 'rosterComplete' | 'meeting'>): RosterChange[] {
    this.current = rosterOf(joined.participants);
    this.sequence = joined.sequence;
    this.count = joined.meeting.participantCount;
    this.complete = joined.rosterComplete;
    const waiting = this.waiting ?? [];
    this.waiting = null;
    return waiting.flatMap((delta) => this.onDelta(delta) ?? []);
  }

  /** Null when nothing changes now. */
  onDelta(delta: MeetingDelta): RosterChange | null {
    if (this.waiting) {
      this.waiting.push(delta);
      return null;
    }
    if (delta.sequence <= this.sequence) return null;
    const change = applyDelta(this.current, delta);
    const missed = delta.from > this.sequence || (delta.rosterComplete && !this.complete);
    this.current = change.roster;
    this.sequence = delta.sequence;
    this.count = delta.participantCount;
    this.complete = delta.rosterComplete;
    return { ...change, gap: change.gap || missed };
  }
}
