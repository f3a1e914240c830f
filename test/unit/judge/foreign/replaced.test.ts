import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOut } from '../../../../judge/foreign/layout.ts';
import type { Arrival } from '../../../../record/arrival.ts';
import type { LedgerLine } from '../../../../record/ledger.ts';
import { inOrderOfEnding, recordedRun } from '../../../support/recorded-run.ts';

const { facts, events } = await recordedRun('lock-run');
const TTL_MS = 1000;
const START_MS = 1_795_822_440_000;
const RECOMPUTE_MS = 200;

/** A call of the origin: by whom, when (ms since the start), and perhaps what it says it replaces. */
type Call = readonly [by: string, atMs: number, replaces?: number];
/** Answers of one service with one version, one every 10 ms from one moment to another. */
type Answers = readonly [by: string, version: number, fromMs: number, untilMs: number];

/** Lays out a run with these calls, whose versions are 1, 2 and so on, and these answers. */
function laidOut(calls: readonly Call[], answers: readonly Answers[], lostMs: readonly number[] = []) {
  const ledger = calls.flatMap(([by, atMs, replaces], index): LedgerLine[] => {
    const at = START_MS + atMs;
    const id = index + 1;
    const named = replaces === undefined ? {} : { replaces };
    return [
      { event: 'begin', id, key: 'hot', version: id, by, arrivedAt: at, at, ...named },
      { event: 'end', id, at: at + RECOMPUTE_MS, ending: 'ok' },
    ];
  });
  const arrivals = answers.flatMap(([by, version, fromMs, untilMs]) =>
    Array.from({ length: Math.floor((untilMs - fromMs) / 10) }, (_, index): Arrival => {
      const sentAt = START_MS + fromMs + index * 10;
      return {
        ...{ dueAt: sentAt, sentAt, endedAt: sentAt + 1, ending: 'ok', status: 200 },
        ...{ by, version, served: 'answered' },
      };
    }),
  );
  const settings = { ...facts.settings, app: 'node service.js', ttlMs: TTL_MS, recomputeMs: RECOMPUTE_MS };
  return layOut(
    {
      facts: { ...facts, settings },
      ledger,
      events: events.slice(0, 0),
      arrivals: inOrderOfEnding(arrivals),
    },
    lostMs.map((ms) => START_MS + ms),
  );
}

/** Which version each cycle replaces, and how many recomputes it has. */
const cyclesIn = (layout: ReturnType<typeof laidOut>) =>
  layout.cycles.map(({ replaces, recomputes }) => [replaces, recomputes.length]);

test('a recompute replaces the newest version that its service has answered with', () => {
  const layout = laidOut(
    [
      ['app-1', 0],
      ['app-2', 1200],
    ],
    [['app-2', 1, 400, 1200]],
  );
  assert.deepEqual(cyclesIn(layout), [
    [0, 1],
    [1, 1],
  ]);
  assert.equal(layout.attribution, 'answers');
});

test('a version that the service names is believed', () => {
  const layout = laidOut(
    [
      ['app-1', 0, 0],
      ['app-2', 1200, 1],
    ],
    [['app-2', 1, 400, 1200]],
  );
  assert.equal(layout.attribution, 'ledger');
  assert.deepEqual(
    layout.recomputes.map(({ replaces }) => replaces),
    [0, 1],
  );
});

test('a waiter who recomputes what was just made is one too many', () => {
  // app-2 got the lock as app-1 gave it back, and did not look again.
  const layout = laidOut(
    [
      ['app-1', 0],
      ['app-1', 1200],
      ['app-2', 1405],
    ],
    [
      ['app-1', 1, 400, 1200],
      ['app-2', 1, 400, 1200],
      ['app-1', 2, 1600, 1800],
    ],
  );
  assert.deepEqual(cyclesIn(layout), [
    [0, 1],
    [1, 2],
  ]);
});

test('replicas that share nothing recompute too often, however far apart they are', () => {
  const calls: Call[] = [
    ['app-1', 0],
    ['app-2', 500],
    ['app-1', 1200],
    ['app-2', 1700],
  ];
  const answers: Answers[] = [
    ['app-1', 1, 350, 1200],
    ['app-2', 2, 850, 1700],
    ['app-1', 3, 1550, 2400],
    ['app-2', 4, 2050, 2400],
  ];
  assert.deepEqual(cyclesIn(laidOut(calls, answers)), [[0, 4]]);
});

test('a service that was asked for nothing in the life of a value replaces it all the same', () => {
  const layout = laidOut(
    [
      ['app-1', 0],
      ['app-1', 1200],
      ['app-2', 2400],
    ],
    [
      ['app-2', 1, 400, 1200],
      ['app-1', 1, 400, 1200],
      ['app-1', 2, 1600, 2400],
    ],
  );
  assert.deepEqual(cyclesIn(layout), [
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
});

test('a process that never answers, as a refresher, knows what anybody had answered', () => {
  const layout = laidOut(
    [
      ['worker-1', 0],
      ['worker-2', 500],
    ],
    [['app-1', 1, 310, 500]],
  );
  assert.deepEqual(cyclesIn(layout), [
    [0, 1],
    [1, 1],
  ]);
});

test('what the store lost is replaced by whoever looks next', () => {
  const calls: Call[] = [
    ['app-1', 0],
    ['app-1', 1200],
    ['app-2', 1650],
  ];
  const answers: Answers[] = [
    ['app-1', 1, 400, 1200],
    ['app-2', 1, 400, 1200],
    ['app-1', 2, 1550, 1640],
  ];
  assert.deepEqual(cyclesIn(laidOut(calls, answers)), [
    [0, 1],
    [1, 2],
  ]);
  assert.deepEqual(cyclesIn(laidOut(calls, answers, [1645])), [
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
});

test('a version that only the callers of its recompute got was not stored, and is replaced by nobody', () => {
  const layout = laidOut(
    [
      ['app-1', 0],
      ['app-2', 10],
      ['app-1', 1200],
    ],
    [
      ['app-2', 2, 205, 215],
      ['app-1', 1, 350, 1200],
      ['app-2', 1, 350, 1200],
    ],
  );
  assert.deepEqual(cyclesIn(layout), [
    [0, 2],
    [1, 1],
  ]);
});
