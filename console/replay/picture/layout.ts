/** A rectangle on the canvas, in CSS pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the parts of a stage are. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The boxes with the members' names, and the piles of requests beside them. */
  readonly members: readonly Rect[];
  readonly piles: readonly Rect[];
  readonly store: Rect;
  readonly running: Rect;
  /** Without height if nothing ever queues. */
  readonly queue: Rect;
}

/** Below this width the store and the origin lie under the replicas. */
const NARROW_BELOW = 640;
/** What is above the rows: the names of the columns. */
export const TITLE_HEIGHT = 26;
const GAP = 8;

/** What a stage must have room for. */
export interface StageShape {
  /** How many members have a row. */
  readonly members: number;
  readonly hasQueue: boolean;
  /** Whether several stages share the page. */
  readonly isCompact: boolean;
}

/** Lays out a stage of this width. */
export const layoutOf = (width: number, shape: StageShape): Layout =>
  width < NARROW_BELOW ? narrow(width, shape) : wide(width, shape);

function wide(width: number, { members, hasQueue, isCompact }: StageShape): Layout {
  const rowsHeight = isCompact ? 184 : 264;
  const rowHeight = Math.max(20, Math.min(66, rowsHeight / Math.max(1, members)));
  const height = TITLE_HEIGHT + Math.max(160, rowHeight * members);
  const name = { x: 64, w: 92 };
  const pileX = name.x + name.w + GAP;
  const storeX = Math.round(width * 0.51);
  const originX = Math.round(width * 0.7);
  return {
    ...{ width, height },
    ...rowsOf(members, rowHeight, name, { x: pileX, w: storeX - pileX - 40 }),
    store: { x: storeX, y: TITLE_HEIGHT, w: Math.round(width * 0.165), h: 150 },
    ...originOf(
      { x: originX, y: TITLE_HEIGHT, w: width - originX - 2, h: height - TITLE_HEIGHT - 2 },
      hasQueue,
    ),
  };
}

function narrow(width: number, { members, hasQueue }: StageShape): Layout {
  const rowHeight = Math.max(20, Math.min(44, 180 / Math.max(1, members)));
  const below = TITLE_HEIGHT + rowHeight * members + TITLE_HEIGHT + GAP;
  const name = { x: 22, w: 66 };
  const pileX = name.x + name.w + GAP;
  const half = Math.round(width * 0.45);
  return {
    ...{ width, height: below + 170 },
    ...rowsOf(members, rowHeight, name, { x: pileX, w: width - pileX - 34 }),
    store: { x: 2, y: below, w: half - GAP, h: 150 },
    ...originOf({ x: half + GAP, y: below, w: width - half - GAP - 2, h: 168 }, hasQueue),
  };
}

type Span = Pick<Rect, 'x' | 'w'>;

function rowsOf(
  members: number,
  rowHeight: number,
  name: Span,
  pile: Span,
): Pick<Layout, 'members' | 'piles'> {
  const rows = Array.from({ length: members }, (_, index) => ({
    y: TITLE_HEIGHT + index * rowHeight + 2,
    h: rowHeight - 4,
  }));
  return {
    members: rows.map((row) => ({ ...name, ...row })),
    piles: rows.map((row) => ({ ...pile, ...row })),
  };
}

function originOf(box: Rect, hasQueue: boolean): Pick<Layout, 'running' | 'queue'> {
  const share = hasQueue ? 0.45 : 1;
  const running = { ...box, h: Math.round(box.h * share) };
  return { running, queue: { ...box, y: box.y + running.h, h: box.h - running.h } };
}

const WIDEST = 18;

/** Gives the distance of dots with which so many fit into a rectangle. */
export function spacingFor({ w, h }: Pick<Rect, 'w' | 'h'>, count: number): number {
  for (let spacing = WIDEST; spacing > 1.5; spacing -= 0.5)
    if (Math.floor(w / spacing) * Math.floor(h / spacing) >= count) return spacing;
  return 1.5;
}

/** Gives the place of a dot in a pile that grows to the right, column by column. */
export function slotIn({ x, y, h }: Rect, spacing: number, index: number): Point {
  const perColumn = Math.max(1, Math.floor(h / spacing));
  return {
    x: x + (Math.floor(index / perColumn) + 0.5) * spacing,
    y: y + ((index % perColumn) + 0.5) * spacing,
  };
}

/** Gives the place of a dot in a heap that grows downwards, line by line. */
export function heapSlotIn({ x, y, w }: Rect, spacing: number, index: number): Point {
  const perLine = Math.max(1, Math.floor(w / spacing));
  return {
    x: x + ((index % perLine) + 0.5) * spacing,
    y: y + (Math.floor(index / perLine) + 0.5) * spacing,
  };
}

/** Shrinks a rectangle. */
export const inset = ({ x, y, w, h }: Rect, by: number, top = by): Rect => ({
  x: x + by,
  y: y + top,
  w: w - 2 * by,
  h: Math.max(0, h - top - by),
});

/** Gives a point between two others; `share` is cut to 0 … 1, and eased. */
export function between(from: Point, to: Point, share: number): Point {
  const cut = Math.max(0, Math.min(1, share));
  const eased = cut * cut * (3 - 2 * cut);
  return { x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased };
}
