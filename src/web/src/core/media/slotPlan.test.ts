import { describe, expect, it } from 'vitest';
import { changedChoices, planSlots, slotOf, slotsFor, type SlotPlan, type WantedTile } from './slotPlan';

const tile = (participantId: string, change: Partial<WantedTile> = {}): WantedTile => ({
  participantId,
  source: 'camera',
  height: 360,
  priority: 0,
  idle: false,
  ...change,
});
const none: SlotPlan = new Map();
const shown = (plan: SlotPlan) => Object.fromEntries([...plan].map(([mid, c]) => [mid, c.participantId]));

describe('planSlots', () => {
  it('gives tiles the free slots in their order', () => {
    expect(shown(planSlots(['4', '5', '6'], none, [tile('a'), tile('b')]))).toEqual({ 4: 'a', 5: 'b', 6: null });
  });

  it('keeps everybody in their slot when somebody leaves or the order changes', () => {
    const before = planSlots(['4', '5', '6'], none, [tile('a'), tile('b'), tile('c')]);
    expect(shown(planSlots(['4', '5', '6'], before, [tile('c'), tile('b')]))).toEqual({ 4: null, 5: 'b', 6: 'c' });
  });

  it('takes slots from cameras that are off when there are too few', () => {
    const before = planSlots(['4', '5'], none, [tile('a', { idle: true }), tile('b')]);
    expect(shown(before)).toEqual({ 4: 'b', 5: 'a' });
    expect(shown(planSlots(['4', '5'], before, [tile('a', { idle: true }), tile('b'), tile('c')]))).toEqual({
      4: 'b',
      5: 'c',
    });
  });

  it('tells a camera from a screen of the same person', () => {
    const plan = planSlots(['4', '5'], none, [tile('a', { source: 'screen' }), tile('a')]);
    expect([...plan.values()].map((c) => c.source)).toEqual(['screen', 'camera']);
  });

  it('leaves tiles without a slot waiting', () => {
    expect(shown(planSlots(['4'], none, [tile('a'), tile('b')]))).toEqual({ 4: 'a' });
  });
});

describe('changedChoices', () => {
  it('says nothing when nothing changed', () => {
    const plan = planSlots(['4', '5'], none, [tile('a')]);
    expect(changedChoices(plan, planSlots(['4', '5'], plan, [tile('a')]))).toEqual([]);
    expect(changedChoices(none, planSlots(['4', '5'], none, []))).toEqual([]);
  });

  it('tells another height, priority, person, and an emptied slot', () => {
    const before = planSlots(['4', '5', '6'], none, [tile('a'), tile('b'), tile('c')]);
    const after = planSlots(['4', '5', '6'], before, [tile('a', { height: 720 }), tile('b', { priority: 2 })]);
    expect(changedChoices(before, after).map((c) => [c.mid, c.participantId])).toEqual([
      ['4', 'a'],
      ['5', 'b'],
      ['6', null],
    ]);
  });

  it('does not speak for a few pixels', () => {
    const before = planSlots(['4'], none, [tile('a', { height: 353 })]);
    expect(changedChoices(before, planSlots(['4'], before, [tile('a', { height: 366 })]))).toEqual([]);
  });
});

it('slotsFor grows in steps up to the server’s limit', () => {
  expect([0, 9, 10, 17, 49, 80].map((n) => slotsFor(n, 49))).toEqual([9, 9, 16, 25, 49, 49]);
  expect(slotsFor(30, 20)).toBe(20);
});

it('slotOf shows what was asked for and what the server says, never one alone', () => {
  const plan = planSlots(['4', '5'], none, [tile('a')]);
  const says = (mid: string, participantId: string | null) =>
    new Map([[mid, { mid, participantId, source: 'camera' as const }]]);
  expect(slotOf(plan, says('4', 'a'), 'a', 'camera')).toBe('4');
  expect(slotOf(plan, says('4', null), 'a', 'camera')).toBeNull();
  expect(slotOf(plan, says('5', 'a'), 'a', 'camera')).toBeNull();
  expect(slotOf(plan, says('4', 'a'), 'a', 'screen')).toBeNull();
});
