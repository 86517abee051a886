import { describe, expect, it } from 'vitest';
import { focusLayout, gap, gridLayout, mostTiles, type Rect, type Size } from './stage';

const stages: Size[] = [
  { width: 1264, height: 640 },
  { width: 1600, height: 900 },
  { width: 390, height: 640 },
  { width: 800, height: 360 },
  { width: 320, height: 480 },
];
const counts = [1, 2, 3, 4, 5, 7, 9, 12, 16, 25, 30, 49, 120];

const overlap = (a: Rect, b: Rect) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function expectTidy(rects: Rect[], stage: Size) {
  for (const rect of rects) {
    expect(rect.x).toBeGreaterThanOrEqual(0);
    expect(rect.y).toBeGreaterThanOrEqual(0);
    expect(rect.x + rect.width).toBeLessThanOrEqual(stage.width + 1);
    expect(rect.y + rect.height).toBeLessThanOrEqual(stage.height + 1);
  }
  rects.forEach((a, i) => rects.slice(i + 1).forEach((b) => expect(overlap(a, b)).toBe(false)));
}

describe('gridLayout', () => {
  it.each(stages.flatMap((stage) => counts.map((count) => [count, stage] as const)))(
    '%i tiles lie apart and inside of %o',
    (count, stage) => {
      const { rects, perPage } = gridLayout(stage, count);
      expect(rects.length).toBe(Math.min(count, perPage));
      expectTidy(rects, stage);
    },
  );

  it('shows 49 at most, and fewer where they would be too small', () => {
    expect(gridLayout({ width: 3840, height: 2000 }, 500).perPage).toBe(mostTiles);
    const phone = gridLayout({ width: 390, height: 640 }, 500);
    expect(phone.perPage).toBeLessThan(16);
    expect(phone.rects.every((r) => r.width >= 148)).toBe(true);
  });

  it('one tile fills a wide stage in 16:9, two stand side by side', () => {
    const [one] = gridLayout({ width: 1600, height: 900 }, 1).rects;
    expect(one).toEqual({ x: 0, y: 0, width: 1600, height: 900 });
    const [left, right] = gridLayout({ width: 1600, height: 900 }, 2).rects;
    expect(left?.y).toBe(right?.y);
    expect((right?.x ?? 0) - (left?.x ?? 0)).toBe((left?.width ?? 0) + gap);
  });

  it('two tiles on an upright phone stand one above the other', () => {
    const [upper, lower] = gridLayout({ width: 390, height: 640 }, 2).rects;
    expect(upper?.x).toBe(lower?.x);
    expect(lower?.y).toBeGreaterThan(upper?.y ?? 0);
  });

  it('centres an incomplete last row', () => {
    const { rects } = gridLayout({ width: 1600, height: 900 }, 5);
    const lastRow = rects.filter((r) => r.y === rects.at(-1)?.y);
    const left = lastRow[0]?.x ?? 0;
    const right = 1600 - (lastRow.at(-1)?.x ?? 0) - (lastRow.at(-1)?.width ?? 0);
    expect(lastRow.length).toBeLessThan(3);
    expect(Math.abs(left - right)).toBeLessThanOrEqual(1);
  });

  it('never makes a tile larger when somebody joins', () => {
    for (const stage of stages) {
      const areas = counts
        .map((count) => gridLayout(stage, count).rects[0])
        .map((r) => (r?.width ?? 0) * (r?.height ?? 0));
      areas.slice(1).forEach((area, i) => expect(area).toBeLessThanOrEqual(areas[i] ?? 0));
    }
  });

  it('shows nothing on a stage without room', () => {
    expect(gridLayout({ width: 0, height: 0 }, 4).rects).toEqual([]);
  });
});

describe('focusLayout', () => {
  it.each(stages.flatMap((stage) => [0, 1, 3, 30].map((others) => [others, stage] as const)))(
    '%i others beside the large one on %o',
    (others, stage) => {
      const { rects, perPage } = focusLayout(stage, others);
      expect(rects.length).toBe(1 + Math.min(others, perPage));
      expectTidy(rects, stage);
      const areas = rects.map((r) => r.width * r.height);
      expect(Math.max(...areas)).toBe(areas[0]);
    },
  );

  it('gives the whole stage to the only tile', () => {
    expect(focusLayout({ width: 1264, height: 640 }, 0).rects).toEqual([{ x: 0, y: 0, width: 1264, height: 640 }]);
  });
});
