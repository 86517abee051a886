import { describe, expect, it } from 'vitest';
import type { Participant } from '@/core/contracts';
import { rosterOf } from '@/core/meeting/roster';
import { keyOf, sceneOf, wantedTiles } from './stageTiles';

const size = { width: 1264, height: 640 };

function person(id: string, devices: Partial<Participant['devices']> = {}): Participant {
  const all = { microphone: true, camera: true, screen: false, ...devices };
  return { id, number: 1, displayName: id, devices: all, connected: true, joinedAt: '2026-01-01T00:00:00Z' };
}

const ids = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`);

function scene(people: Participant[], change: Partial<Parameters<typeof sceneOf>[0]> = {}) {
  const order = people.map((p) => p.id);
  const presenters = people.filter((p) => p.devices.screen).map((p) => p.id);
  return sceneOf({
    size,
    roster: rosterOf(people),
    order: { order, activeSpeaker: null, presenters },
    view: 'gallery',
    pinned: null,
    page: 0,
    dockSelf: true,
    ...change,
  });
}

const keys = (of: ReturnType<typeof scene>) => of.tiles.map((tile) => tile.key);

describe('sceneOf', () => {
  it('shows everybody in a gallery; one’s own picture floats while there is room', () => {
    const { tiles, self, pages } = scene(ids(2).map((id) => person(id)));
    expect(tiles.map((tile) => tile.focused)).toEqual([false, false]);
    expect(self).toBeNull();
    expect(pages).toBe(1);
  });

  it('gives one’s own picture a place where it would lie on others, unless it was moved', () => {
    const people = ids(5).map((id) => person(id));
    const { tiles, self } = scene(people);
    expect(tiles.length).toBe(5);
    expect(tiles.some(({ rect }) => rect.x === self?.x && rect.y === self.y)).toBe(false);
    expect(self).toMatchObject({ width: tiles[0]?.rect.width });
    expect(scene(people, { dockSelf: false }).self).toBeNull();
  });

  it('shows a shared screen large, beside the faces', () => {
    const shown = scene([person('a'), person('b', { screen: true })]);
    expect(keys(shown)).toEqual([keyOf('b', 'screen'), keyOf('a', 'camera'), keyOf('b', 'camera')]);
    expect(shown.tiles.map((tile) => tile.focused)).toEqual([true, false, false]);
  });

  it('shows what is pinned rather than a screen, and forgets who has left', () => {
    const people = [person('a'), person('b', { screen: true })];
    expect(keys(scene(people, { pinned: keyOf('a', 'camera') }))[0]).toBe(keyOf('a', 'camera'));
    expect(keys(scene(people, { pinned: keyOf('z', 'camera') }))[0]).toBe(keyOf('b', 'screen'));
  });

  it('shows the speaker large in the speaker view, and somebody before anybody has spoken', () => {
    const people = ids(3).map((id) => person(id));
    const order = { order: ids(3), activeSpeaker: 'p2', presenters: [] };
    expect(keys(scene(people, { view: 'speaker', order }))[0]).toBe(keyOf('p2', 'camera'));
    expect(keys(scene(people, { view: 'speaker' }))[0]).toBe(keyOf('p0', 'camera'));
  });

  it('goes over pages without losing or repeating anybody', () => {
    const people = ids(120).map((id) => person(id));
    const { pages } = scene(people);
    const all = Array.from({ length: pages }, (_, page) => keys(scene(people, { page }))).flat();
    expect(pages).toBeGreaterThan(2);
    expect(new Set(all).size).toBe(120);
    expect(all.length).toBe(120);
    expect(scene(people, { page: 99 }).page).toBe(pages - 1);
  });

  it('shows nothing to somebody who is alone', () => {
    expect(scene([])).toMatchObject({ tiles: [], pages: 1, self: null });
  });
});

describe('wantedTiles', () => {
  const { tiles } = scene([person('a', { screen: true }), person('b', { camera: false })]);

  it('asks for the tile’s height in device pixels, the large one first', () => {
    const [screen, own, off] = wantedTiles(tiles, ['a'], 2, false);
    expect(screen).toMatchObject({ source: 'screen', height: 1280, priority: 3, idle: false });
    expect(own).toMatchObject({ participantId: 'a', priority: 2, idle: false });
    expect(off).toMatchObject({ participantId: 'b', priority: 1, idle: true });
  });

  it('asks for the smallest pictures while nobody looks', () => {
    expect(wantedTiles(tiles, [], 2, true).every(({ height }) => height === 90)).toBe(true);
  });
});
