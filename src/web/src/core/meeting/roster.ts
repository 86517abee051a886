import type { MeetingDelta, Participant } from '../contracts';

export type Roster = ReadonlyMap<string, Participant>;

export const rosterOf = (participants: readonly Participant[]): Roster => new Map(participants.map((p) => [p.id, p]));

export interface RosterChange {
  roster: Roster;
  joined: Participant[];
  left: Participant[];
  /** Something was missed: a new snapshot is needed. */
  gap: boolean;
}

/** Applies a delta. Applying it twice, or on a snapshot that holds it already, changes nothing more. */
export function applyDelta(roster: Roster, delta: MeetingDelta): RosterChange {
  const next = new Map(roster);
  const joined = delta.joined.filter((p) => !next.has(p.id));
  // In a large meeting people come into view by an update: they were not worth telling of before.
  const gap =
    delta.rosterComplete && delta.updated.some((p) => !next.has(p.id) && !delta.joined.some((j) => j.id === p.id));
  for (const participant of [...delta.joined, ...delta.updated]) next.set(participant.id, participant);
  const left: Participant[] = [];
  for (const id of delta.left) {
    const gone = next.get(id);
    if (gone) left.push(gone);
    next.delete(id);
  }
  return { roster: next, joined, left, gap };
}
