import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Label, type Place, placeLabels } from '../../../report/charts/labels.ts';

const ROOM = { left: 40, right: 1000, top: 0, bottom: 400 };
const LINE = 16;

/** Gives the box that words cover. */
const boxOf = ({ x, y, align }: Label, width: number) => ({
  left: align === 'left' ? x : x - width,
  right: align === 'left' ? x + width : x,
  top: y - LINE / 2,
  bottom: y + LINE / 2,
});

/** Asserts that all words can be read: inside the room, and none over other words or over a point. */
function assertReadable(points: readonly Place[], widths: readonly number[]): Label[] {
  const labels = placeLabels(points, widths, ROOM);
  const boxes = labels.map((label, index) => boxOf(label, widths[index] ?? 0));
  for (const [index, box] of boxes.entries()) {
    assert.ok(box.left >= ROOM.left && box.right <= ROOM.right, `${index} is beside the picture`);
    assert.ok(box.top >= ROOM.top && box.bottom <= ROOM.bottom, `${index} is above or below the picture`);
    const covers = (other: typeof box) =>
      box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
    assert.ok(!boxes.some((other, at) => at !== index && covers(other)), `${index} covers other words`);
    for (const { x, y } of points)
      assert.ok(!covers({ left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 }), `${index} covers a point`);
  }
  return labels;
}

test('words of one point stand beside it, to the left where the picture ends', () => {
  assert.deepEqual(assertReadable([{ x: 100, y: 50 }], [80]), [{ x: 112, y: 50, align: 'left' }]);
  assert.deepEqual(assertReadable([{ x: 990, y: 50 }], [80]), [{ x: 978, y: 50, align: 'right' }]);
});

test('points in the same place have a list, in their order', () => {
  const labels = assertReadable(
    Array.from({ length: 6 }, () => ({ x: 60, y: 300 })),
    [90, 80, 150, 60, 90, 70],
  );
  const heights = labels.map(({ y }) => y);
  assert.deepEqual(
    heights,
    heights.toSorted((a, b) => a - b),
  );
});

test('words of near points, at the bottom and at the right edge too, do not cover each other', () => {
  const crowd = [
    ...[300, 300, 300, 282, 262, 120].map((y) => ({ x: 60, y })),
    ...[300, 303, 390].map((y) => ({ x: 905, y })),
    { x: 890, y: 300 },
  ];
  assertReadable(
    crowd,
    crowd.map((_, index) => 90 + 10 * index),
  );
});
