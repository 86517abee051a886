import { describe, expect, it } from 'vitest';
import type { MeetingDelta, Participant } from '../contracts';
import { applyDelta, rosterOf } from './roster';

const person = (id: string, displayName = id): Participant => ({
  id,
  number: 1,
  displayName,
  devices: { microphone: true, camera: true, screen: false },
  connected: true,
  joinedAt: '2026-01-01T00:00:00Z',
});
const delta = (change: Partial<MeetingDelta>): MeetingDelta => ({
  sequence: 2,
  joined: [],
  updated: [],
  left: [],
  ...change,
});
const here = rosterOf([person('a'), person('b')]);

describe('applyDelta', () => {
  it('adds, changes and removes', () => {
    const { roster, joined, left, gap } = applyDelta(
      here,
      delta({ joined: [person('c')], updated: [person('a', 'Anna')], left: ['b'] }),
    );
    expect([...roster.values()].map((p) => p.displayName)).toEqual(['Anna', 'c']);
    expect(joined.map((p) => p.id)).toEqual(['c']);
    expect(left.map((p) => p.id)).toEqual(['b']);
    expect(gap).toBe(false);
  });

  it('reports nobody twice when the snapshot held the change already', () => {
    const change = delta({ joined: [person('b')], left: ['z'] });
    expect(applyDelta(here, change)).toMatchObject({ joined: [], left: [], gap: false });
  });

  it('notices a gap: a change of somebody it has never heard of', () => {
    expect(applyDelta(here, delta({ updated: [person('z')] })).gap).toBe(true);
    expect(applyDelta(here, delta({ joined: [person('z')], updated: [person('z')] })).gap).toBe(false);
  });

  it('leaves the old roster as it was', () => {
    applyDelta(here, delta({ left: ['a'] }));
    expect(here.has('a')).toBe(true);
  });
});
