/** A place on a picture, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where the words beside a point begin, or end if they stand to its left. */
export interface Label extends Place {
  readonly align: 'left' | 'right';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The height of a line of words, and how far words are from their point, beside it or shifted. */
const [LINE, GAP, FAN] = [16, 12, 34];
const POINT = 8;
/** Points that are nearer to each other share a list of words. */
const SAME = 7;

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * Places words beside each point so that they cover neither other words nor a point, as near as possible. Words of points in the
 * same place are a list, in the order of the points. `widths`: those of the words, in pixels; `room`: where words may be.
 */
export function placeLabels(points: readonly Place[], widths: readonly number[], room: Box): Label[] {
  const taken: Box[] = points.map(({ x, y }) => ({
    ...{ left: x - POINT, right: x + POINT, top: y - POINT, bottom: y + POINT },
  }));
  const labels: Label[] = [];
  for (const group of groupsOf(points)) {
    const { x, y } = points[group[0] as number] as Place;
    const width = Math.max(...group.map((index) => widths[index] ?? 0));
    const places = candidatesFor({ x, y }, width, group.length, room);
    const chosen = places.find(({ box }) => !taken.some((other) => overlap(box, other))) ?? places[0];
    const { box, align } = chosen ?? { box: boxAt(x + GAP, y - LINE / 2, width, 1), align: 'left' as const };
    taken.push(box);
    for (const [row, index] of group.entries())
      labels[index] = {
        ...{ x: align === 'left' ? box.left : box.right, y: box.top + (row + 0.5) * LINE },
        align,
      };
  }
  return labels;
}

/** Puts the points that are in the same place together, by their numbers. */
function groupsOf(points: readonly Place[]): number[][] {
  const groups: number[][] = [];
  for (const [index, { x, y }] of points.entries()) {
    const group = groups.find(([first = 0]) => {
      const other = points[first] as Place;
      return Math.hypot(other.x - x, other.y - y) < SAME;
    });
    if (group) group.push(index);
    else groups.push([index]);
  }
  // The longest list is placed first, since it needs the most room.
  return groups.toSorted((a, b) => b.length - a.length);
}

/** Lists the places for words inside the room, the nearest first. */
function candidatesFor({ x, y }: Place, width: number, rows: number, room: Box) {
  const height = rows * LINE;
  const most = Math.ceil((2 * (room.bottom - room.top)) / LINE);
  return Array.from({ length: 2 * most }, (_, index) => Math.ceil(index / 2) * (index % 2 === 0 ? -1 : 1))
    .flatMap((shift) => {
      const top = y - height / 2 + (shift * LINE) / 2;
      const gap = rows > 1 || shift !== 0 ? FAN : GAP;
      return [
        { box: boxAt(x + gap, top, width, rows), align: 'left' as const },
        { box: boxAt(x - gap - width, top, width, rows), align: 'right' as const },
      ];
    })
    .filter(
      ({ box }) =>
        box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom,
    );
}

const boxAt = (left: number, top: number, width: number, rows: number): Box => ({
  ...{ left, right: left + width, top, bottom: top + rows * LINE },
});
