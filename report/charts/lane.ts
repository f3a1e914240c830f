import type { LeaseEnd, LeaseSpan, RecomputeSpan } from '../../judge/timeline/spans.ts';
import type { RunTimeline } from '../../judge/timeline/timeline.ts';
import type { Mark } from './marks.ts';
import { color } from './palette.ts';
import type { Scale } from './scale.ts';

/** What a lane has above its recomputes, for the lease, and below them, for the wait. */
const [LEASE, WAIT] = [16, 16];
const [ROW, MOST_ROWS_HEIGHT] = [16, 92];
/** More commits of one replica are drawn as ticks, since diamonds would cover each other. */
export const MOST_DIAMONDS = 6;

const END_WORDS: Readonly<Record<LeaseEnd, string>> = {
  committed: 'lease',
  released: 'lease, released',
  failed: 'lease, given back after a failure',
  lost: 'lease, lost',
  'ran-out': 'lease ran out',
  open: 'lease, not ended',
};

/** A shorter time at the origin's door is no queue. */
export const QUEUED_MS = 5;

/** One replica's recomputes, in rows so that none covers another. */
export interface Lane {
  readonly member: string;
  readonly rows: readonly (readonly RecomputeSpan[])[];
  readonly height: number;
}

/** Puts a replica's recomputes into as few rows as they need. */
export function laneOf({ recomputes, window }: RunTimeline, member: string): Lane {
  const rows: RecomputeSpan[][] = [];
  const own = recomputes.listed.filter(({ by }) => by === member);
  for (const span of own.toSorted((a, b) => a.arrivedWallMs - b.arrivedWallMs)) {
    const free = rows.find((row) => (row.at(-1)?.endedWallMs ?? window.untilWallMs) <= span.arrivedWallMs);
    if (free) free.push(span);
    else rows.push([span]);
  }
  return { member, rows, height: LEASE + barsHeight(rows.length) + WAIT };
}

const barsHeight = (rows: number): number => Math.min(MOST_ROWS_HEIGHT, Math.max(ROW, rows * ROW));

/** Gives the marks of a lane. */
export function laneMarks({ member, rows }: Lane, top: number, view: RunTimeline, scale: Scale): Mark[] {
  const isOwn = ({ by }: { readonly by: string }) => by === member;
  const height = barsHeight(rows.length);
  const waitY = top + LEASE + height + WAIT / 2;
  return [
    ...barMarks(rows, top + LEASE, height, scale),
    ...view.leases.listed.filter(isOwn).flatMap((lease) => leaseMarks(lease, top + 9, scale)),
    ...waitMarks(view, member, waitY, scale),
    ...commitMarks(view, member, { middle: top + LEASE + height / 2, below: waitY }, scale),
  ];
}

function barMarks(rows: Lane['rows'], top: number, height: number, { at, window }: Scale): Mark[] {
  const bar = height / Math.max(1, rows.length);
  const thickness = Math.max(0.4, bar > 3 ? bar - 1 : bar * 0.8);
  return rows.flatMap((spans, row) =>
    spans.flatMap(({ arrivedWallMs, beganWallMs, endedWallMs = window.untilWallMs }): Mark[] => {
      const place = { kind: 'rect', top: top + row * bar, height: thickness } as const;
      const queue: Mark = {
        ...place,
        ...{ from: at(arrivedWallMs), until: at(beganWallMs), fill: color('queue') },
      };
      const run: Mark = { ...place, from: at(beganWallMs), until: at(endedWallMs), fill: color('recompute') };
      return [
        ...(beganWallMs - arrivedWallMs > QUEUED_MS ? [queue] : []),
        ...(beganWallMs < window.untilWallMs && endedWallMs > window.fromWallMs ? [run] : []),
      ];
    }),
  );
}

function leaseMarks(lease: LeaseSpan, y: number, { at, beside, isNarrow }: Scale): Mark[] {
  const { grantedWallMs, endedWallMs, renewedWallMs, end } = lease;
  const stroke = color('lease');
  const tick = (wallMs: number, width: number): Mark => {
    const x = at(wallMs);
    return { kind: 'line', from: [x, y - 4], to: [x, y + 4], stroke, width };
  };
  const words: Mark = {
    kind: 'text',
    ...beside(endedWallMs, 7),
    y,
    text: END_WORDS[end],
    fill: stroke,
    size: 11,
  };
  return [
    { kind: 'line', from: [at(grantedWallMs), y], to: [at(endedWallMs), y], stroke, width: 2 },
    tick(grantedWallMs, 2),
    tick(endedWallMs, 2),
    ...renewedWallMs.map((wallMs) => tick(wallMs, 1)),
    ...(isNarrow ? [] : [words.align === 'right' ? { ...words, y: y - 9 } : words]),
  ];
}

function waitMarks({ waits, wakeUps }: RunTimeline, member: string, y: number, scale: Scale): Mark[] {
  const { at, isNarrow, window } = scale;
  const own = waits.listed.filter(({ by }) => by === member);
  const stroke = color('wait');
  const lines = own.flatMap(({ fromWallMs, untilWallMs = window.untilWallMs }): Mark[] => [
    { kind: 'line', from: [at(fromWallMs), y], to: [at(untilWallMs), y], stroke, width: 2, dashed: true },
  ]);
  const [first] = own;
  const words: Mark[] =
    isNarrow || !first
      ? []
      : [
          {
            kind: 'text',
            x: at(first.fromWallMs),
            dx: 4,
            y: y - 11,
            text: 'waits for the value',
            fill: stroke,
            size: 11,
          },
        ];
  const wakes = wakeUps.listed.flatMap(({ by, atWallMs }): Mark[] =>
    by === member ? [{ kind: 'sign', sign: 'triangle', x: at(atWallMs), y, fill: stroke, size: 5 }] : [],
  );
  return [...lines, ...words, ...wakes];
}

function commitMarks(
  { commits }: RunTimeline,
  member: string,
  { middle, below }: { readonly middle: number; readonly below: number },
  { at, beside, isNarrow }: Scale,
): Mark[] {
  const own = commits.listed.filter(({ by }) => by === member);
  const isCrowd = own.length > MOST_DIAMONDS;
  return own.flatMap(({ atWallMs, accepted }): Mark[] => {
    const x = at(atWallMs);
    if (accepted && isCrowd)
      return [{ kind: 'line', from: [x, below - 4], to: [x, below + 4], stroke: color('pass') }];
    if (accepted) return [{ kind: 'sign', sign: 'diamond', x, y: middle, fill: color('pass') }];
    return [
      { kind: 'sign', sign: 'cross', x, y: middle, fill: color('fail') },
      ...(isNarrow
        ? []
        : ([
            { kind: 'text', ...beside(atWallMs, 11), y: middle, text: 'write refused', size: 11, bold: true },
          ] satisfies Mark[])),
    ];
  });
}
