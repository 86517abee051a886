export interface Size {
  width: number;
  height: number;
}

export interface Rect extends Size {
  x: number;
  y: number;
}

export interface StageLayout {
  /** One per tile that is shown on this page; with a focus the first is the large one. */
  rects: Rect[];
  /** How many tiles a page holds, the focused one not counted. */
  perPage: number;
}

export const gap = 8;
export const mostTiles = 49;

/** A tile smaller than this shows neither a face nor a name. */
const smallest: Size = { width: 148, height: 92 };
const widest = 16 / 9;
const stripThickness = { column: 224, row: 124 };

/** Tiles may be as tall as this: on a phone upright ones fill the screen better. */
const narrowest = (stage: Size) => (stage.width < 600 ? 3 / 4 : 4 / 3);

interface Grid {
  columns: number;
  rows: number;
  tile: Size;
}

/** The grid in which `count` tiles are largest; null when there is none with readable tiles. */
function bestGrid(stage: Size, count: number): Grid | null {
  let best: Grid | null = null;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const width = (stage.width - gap * (columns - 1)) / columns;
    const height = (stage.height - gap * (rows - 1)) / rows;
    const tile = {
      width: Math.floor(Math.min(width, height * widest)),
      height: Math.floor(Math.min(height, width / narrowest(stage))),
    };
    const small = tile.width < Math.min(smallest.width, stage.width) || tile.height < smallest.height;
    if (small && count > 1) continue;
    if (best === null || area(tile) > area(best.tile)) best = { columns, rows, tile };
  }
  return best;
}

const area = ({ width, height }: Size) => width * height;

/** The largest number of tiles whose grid is still readable. */
function capacityOf(stage: Size): number {
  const columns = Math.max(1, Math.floor((stage.width + gap) / (smallest.width + gap)));
  const rows = Math.max(1, Math.floor((stage.height + gap) / (smallest.height + gap)));
  return Math.min(mostTiles, columns * rows);
}

/** All tiles the same size, as large as possible; an incomplete last row is centred. */
export function gridLayout(stage: Size, count: number): StageLayout {
  const perPage = capacityOf(stage);
  const shown = Math.min(count, perPage);
  if (shown === 0 || area(stage) <= 0) return { rects: [], perPage };
  const grid = bestGrid(stage, shown) ?? { columns: 1, rows: shown, tile: stage };
  const { columns, rows, tile } = grid;
  const top = (stage.height - rows * tile.height - (rows - 1) * gap) / 2;
  const rects = Array.from({ length: shown }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, shown - row * columns);
    const left = (stage.width - inRow * tile.width - (inRow - 1) * gap) / 2;
    return {
      x: Math.round(left + (index % columns) * (tile.width + gap)),
      y: Math.round(top + row * (tile.height + gap)),
      ...tile,
    };
  });
  return { rects, perPage };
}

/** One large tile; the others in a strip beside it, or below it when the stage is upright. */
export function focusLayout(stage: Size, others: number): StageLayout {
  const beside = stage.width >= stage.height * 1.1;
  const thickness = Math.round(
    beside
      ? Math.min(stripThickness.column, stage.width * 0.28, ((stage.height - gap) / 2) * widest)
      : Math.min(stripThickness.row, stage.height * 0.28),
  );
  const tile = beside
    ? { width: thickness, height: Math.round((thickness * 9) / 16) }
    : { width: Math.round((thickness * 4) / 3), height: thickness };
  const along = beside ? stage.height : stage.width;
  const step = (beside ? tile.height : tile.width) + gap;
  const perPage = Math.max(1, Math.floor((along + gap) / step));
  const shown = Math.min(others, perPage);
  const taken = shown === 0 ? 0 : thickness + gap;
  const large: Rect = beside
    ? { x: 0, y: 0, width: stage.width - taken, height: stage.height }
    : { x: 0, y: 0, width: stage.width, height: stage.height - taken };
  const start = Math.round((along - shown * step + gap) / 2);
  const strip = Array.from({ length: shown }, (_, index): Rect =>
    beside
      ? { x: stage.width - thickness, y: start + index * step, ...tile }
      : { x: start + index * step, y: stage.height - thickness, ...tile },
  );
  return { rects: [large, ...strip], perPage };
}
