import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { RunEvent, Stalled } from '../../../record/facts.ts';
import type { Settings } from '../../../record/settings.ts';
import { type Served, type Spoiled, servedRun, windowsFrom } from '../../support/served-run.ts';

const found = (recording: Recording, check: string) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check) ?? assert.fail(check);

/** The verdicts on the waits and on the labels. */
const verdicts = (recording: Recording) => [
  found(recording, 'bounded waits').verdict,
  found(recording, 'labels agree with the clock').verdict,
];

type Spoil = (request: Served) => Spoiled | undefined;

/** Holds every request that comes during a recompute. */
const held =
  (heldMs: number, at: 'client' | 'replica' = 'replica'): Spoil =>
  ({ window }) =>
    window === undefined ? undefined : { heldMs, at };

/** Holds what comes in the first ms of some times until they are over, as a hiccup of Redis does. */
const hiccups =
  (beginnings: readonly number[], forMs: number): Spoil =>
  ({ sentAt }) => {
    const from = beginnings.find((from) => sentAt >= from && sentAt < from + forMs);
    return from === undefined ? undefined : { heldMs: from + forMs - sentAt };
  };

const stalls = (at: readonly number[], forMs: number): Stalled[] =>
  at.map((from) => ({ at: from + forMs, forMs }));

/** The run, with what the herd, or some replicas, recorded of their stalls. */
function stalled(recording: Recording, who: 'herd' | readonly string[], list: readonly Stalled[]): Recording {
  const { facts, events } = recording;
  if (who === 'herd') return { ...recording, facts: { ...facts, herd: { ...facts.herd, stalls: list } } };
  const more = who.flatMap((by) =>
    list.map(({ at, forMs }): RunEvent => ({ event: 'stalled', by, at, forMs })),
  );
  return { ...recording, events: [...events, ...more] };
}

const RECOMPUTE_MS = 200;
const FLEET = ['app-1', 'app-2', 'app-3', 'app-4'];
const [first = 0] = windowsFrom;
function under(recording: Recording, change: Partial<Settings>): Recording {
  const { facts } = recording;
  return { ...recording, facts: { ...facts, settings: { ...facts.settings, ...change } } };
}

describe('waits by the clock', () => {
  it('are none in a run that answers at once', () => {
    assert.deepEqual(verdicts(servedRun()), ['pass', 'pass']);
    assert.match(
      found(servedRun(), 'bounded waits').detail,
      /^0 of \d+ waited \(over 51 ms at the client\); longest 1 ms/,
    );
  });

  it('fail a strategy that holds its callers in the handler, although it labels them stale', () =>
    assert.deepEqual(verdicts(servedRun(held(150))), ['fail', 'fail']));

  it('fail a service that holds them outside of its handler, whatever time it tells', () =>
    assert.deepEqual(verdicts(servedRun(held(150, 'client'))), ['fail', 'fail']));

  it('do not fail its labels if it holds fewer than half of them: the label is right by the replica’s own time', () => {
    const some: Spoil = (request) => (request.index % 20 < 9 ? held(150, 'client')(request) : undefined);
    assert.deepEqual(verdicts(servedRun(some)), ['fail', 'pass']);
  });

  it('are no false labels if the herd’s own stalls explain them', () => {
    const run = servedRun(held(150, 'client'));
    assert.deepEqual(verdicts(stalled(run, 'herd', stalls(windowsFrom, 250))), ['unknown', 'pass']);
  });

  it('fail a service that does not tell its own time', () =>
    assert.deepEqual(verdicts(servedRun(held(150), { tells: false })), ['fail', 'fail']));

  it('fail one that holds only each twentieth caller', () =>
    assert.deepEqual(
      verdicts(servedRun((request) => (request.index % 20 === 0 ? held(150)(request) : undefined))),
      ['fail', 'fail'],
    ));

  it('fail one that holds its callers for the whole recompute and calls it a hit', () =>
    assert.deepEqual(
      verdicts(
        servedRun(({ window }) => (window === undefined ? undefined : { heldMs: 200, served: 'hit' })),
      ),
      ['fail', 'fail'],
    ));

  it('pass a hold that is shorter than max(25 ms, δ/4) beyond the median hit', () => {
    assert.deepEqual(verdicts(servedRun(held(49))), ['pass', 'pass']);
    assert.deepEqual(verdicts(servedRun(held(51))), ['fail', 'fail']);
  });

  it('pass one request in a thousand', () => {
    const lone: Spoil = ({ sentAt }) => (Math.abs(sentAt - first - 100) <= 0.5 ? { heldMs: 150 } : undefined);
    assert.deepEqual(verdicts(servedRun(lone)), ['pass', 'pass']);
  });

  it('pass whoever recomputes where the claim is that only the winner waits, and fail him where nobody does', () => {
    const winners: Spoil = ({ sentAt }) =>
      windowsFrom.some((from) => sentAt <= from && sentAt > from - 1)
        ? { heldMs: 201, served: 'recomputed' }
        : undefined;
    assert.equal(found(servedRun(winners, { strategy: 'try-lock' }), 'bounded waits').verdict, 'pass');
    assert.equal(found(servedRun(winners), 'bounded waits').verdict, 'fail');
  });

  it('are unknown where a recompute is too short to show, or the clocks cannot be compared', () => {
    const short = found(under(servedRun(), { recomputeMs: 49 }), 'bounded waits');
    assert.equal(short.verdict, 'unknown');
    assert.match(short.detail, /under 50 ms/);
    const run = servedRun(held(150));
    const events = run.events.filter(({ event }) => event !== 'clock');
    assert.equal(found({ ...run, events }, 'bounded waits').verdict, 'unknown');
  });

  it('are unknown where nothing was recomputed, or always', () => {
    const run = servedRun();
    const recomputed = (arrivals: Recording['arrivals']) => found({ ...run, arrivals }, 'bounded waits');
    const isNear = (dueAt: number) => windowsFrom.some((from) => dueAt > from - 10 && dueAt < from + 220);
    const all = [...run.arrivals];
    assert.equal(recomputed(all.filter(({ dueAt }) => !isNear(dueAt))).verdict, 'unknown');
    assert.equal(recomputed(all.filter(({ served }) => served === 'stale')).verdict, 'unknown');
  });
});

describe('noise', () => {
  it('is unknown where a stall explains it: of the replica that answered, or of the herd', () => {
    const run = servedRun(hiccups(windowsFrom, 150));
    assert.deepEqual(verdicts(run), ['fail', 'fail']);
    assert.deepEqual(verdicts(stalled(run, FLEET, stalls(windowsFrom, 150))), ['unknown', 'unknown']);
    const herd = servedRun((request) => {
      const hiccup = hiccups(windowsFrom, 150)(request);
      return hiccup && { ...hiccup, at: 'client' };
    });
    assert.deepEqual(verdicts(herd), ['fail', 'pass']);
    assert.deepEqual(verdicts(stalled(herd, 'herd', stalls(windowsFrom, 150))), ['unknown', 'pass']);
  });

  it('is unknown for what piled up behind the stall, and a failure for as much again', () => {
    const backlog = (forMs: number): Spoil => {
      const isBehind = ({ sentAt }: Served) =>
        windowsFrom.some((from) => sentAt >= from && sentAt < from + forMs);
      return (request) => (isBehind(request) ? { heldMs: forMs } : undefined);
    };
    const list = stalls(windowsFrom, 90);
    assert.deepEqual(verdicts(stalled(servedRun(backlog(90)), FLEET, list)), ['unknown', 'unknown']);
    assert.deepEqual(verdicts(stalled(servedRun(backlog(180)), FLEET, list)), ['fail', 'fail']);
  });

  it('is no wait for who comes just before the commit and meets the burst of answers after it', () => {
    const beforeCommit = (forMs: number): Spoil => {
      const isLast = ({ sentAt }: Served) =>
        windowsFrom.some((from) => sentAt >= from + RECOMPUTE_MS - forMs && sentAt < from + RECOMPUTE_MS);
      return (request) => (isLast(request) ? { heldMs: 90 } : undefined);
    };
    assert.deepEqual(verdicts(servedRun(beforeCommit(40))), ['pass', 'pass']);
    assert.deepEqual(verdicts(servedRun(beforeCommit(80))), ['fail', 'fail']);
  });

  it('is no wait if the injector sent late', () => {
    const run = servedRun();
    const arrivals = [...run.arrivals].map((arrival) =>
      arrival.served === 'stale' ? { ...arrival, dueAt: arrival.dueAt - 120 } : arrival,
    );
    assert.deepEqual(verdicts({ ...run, arrivals }), ['pass', 'pass']);
  });

  it('is no excuse for the time that the stall did not last, nor in another replica', () => {
    const run = servedRun(held(150));
    assert.deepEqual(verdicts(stalled(run, FLEET, stalls(windowsFrom, 30))), ['fail', 'fail']);
    assert.deepEqual(verdicts(stalled(run, ['app-9'], stalls(windowsFrom, 300))), ['fail', 'fail']);
  });

  it('is no excuse at the replica if only the herd stalled', () =>
    assert.deepEqual(verdicts(stalled(servedRun(held(150)), 'herd', stalls(windowsFrom, 200))), [
      'fail',
      'fail',
    ]));

  it('is unknown where requests are slow as often when nothing is recomputed, and a failure where they seldom are', () => {
    const often = Array.from({ length: 25 }, (_, index) => first + 600 * index);
    assert.deepEqual(verdicts(servedRun(hiccups([...windowsFrom, ...often], 100))), ['unknown', 'unknown']);
    assert.deepEqual(verdicts(servedRun(hiccups([...windowsFrom, first + 1500], 100))), ['fail', 'fail']);
  });

  it('is unknown where it came once', () =>
    assert.deepEqual(verdicts(servedRun(hiccups([first + 10], 150))), ['unknown', 'unknown']));

  it('is unknown at an uneven load, unless most of those who came during recomputes waited', () => {
    const late = (run: Recording): Recording => {
      const herd = { ...run.facts.herd, eventLoopDelayMs: { p99: 80, max: 300 } };
      return { ...run, facts: { ...run.facts, herd } };
    };
    assert.deepEqual(verdicts(late(servedRun(hiccups(windowsFrom, 100)))), ['unknown', 'unknown']);
    assert.deepEqual(verdicts(late(servedRun(held(150)))), ['fail', 'fail']);
  });

  it('is unknown where a stall explains the longest wait', () => {
    const run = servedRun(hiccups([first + 1000], 2500), { strategy: 'lock' });
    assert.equal(found(run, 'bounded waits').verdict, 'fail');
    const stalledRun = stalled(run, FLEET, stalls([first + 1000], 2500));
    assert.equal(found(stalledRun, 'bounded waits').verdict, 'unknown');
  });
});

describe('labels', () => {
  const label = (recording: Recording) => found(recording, 'labels agree with the clock').verdict;
  const [filledAt = 0] = evidenceFrom({ ...servedRun(), arrivals: [] }).cycles.map(
    ({ filledWallMs }) => filledWallMs ?? 0,
  );
  const waitedAfterFill = (ms: number) =>
    servedRun(({ sentAt }) =>
      sentAt > filledAt + ms - 0.5 && sentAt <= filledAt + ms + 0.5 ? { served: 'waited' } : undefined,
    );

  it('count from the first fill on, as exactly as the clocks are known', () => {
    assert.equal(label(waitedAfterFill(4)), 'pass');
    assert.equal(label(waitedAfterFill(9)), 'fail');
  });

  it('are unknown where the clocks cannot be compared', () => {
    // With so short a recompute the labels count only by the claim.
    const run = under(waitedAfterFill(4), { recomputeMs: 40 });
    assert.equal(label(run), 'pass');
    const events = run.events.filter(({ event }) => event !== 'clock');
    const finding = found({ ...run, events }, 'labels agree with the clock');
    assert.equal(finding.verdict, 'unknown');
  });

  it('fail hits that waited though the replica says that they took no time', () => {
    const spoil: Spoil = ({ window }) =>
      window === undefined ? undefined : { heldMs: 100, served: 'hit', at: 'client' };
    const lying = servedRun(spoil, { strategy: 'lock' });
    const arrivals = [...lying.arrivals].map((arrival) => ({ ...arrival, tookMs: 0 }));
    const finding = found({ ...lying, arrivals }, 'labels agree with the clock');
    assert.equal(finding.verdict, 'fail');
    assert.match(finding.detail, /at the client\), whatever the replica says$/);
  });

  it('fail a hit that waited, although the claim is that everyone waits', () => {
    const run = servedRun(held(150), { strategy: 'lock' });
    assert.equal(found(run, 'bounded waits').verdict, 'pass');
    assert.equal(label(run), 'fail');
    const honest = servedRun(
      ({ window }) => (window === undefined ? undefined : { heldMs: 150, served: 'waited' }),
      { strategy: 'lock' },
    );
    assert.equal(label(honest), 'pass');
  });

  it('fail a single answer that says it waited where nobody does', () =>
    assert.equal(
      label(servedRun(({ index }) => (index === 9000 ? { served: 'waited' } : undefined))),
      'fail',
    ));

  it('fail an early recompute where none is claimed', () =>
    assert.equal(
      label(
        servedRun(({ index }) => (index === 9000 ? { served: 'early' } : undefined), { strategy: 'lock' }),
      ),
      'fail',
    ));

  it('fail more answers that say they recomputed than there were recomputes, where only the winner waits', () => {
    const recomputers = (most: number) =>
      servedRun(
        ({ index }) => (index > 5000 && index <= 5000 + most ? { served: 'recomputed' } : undefined),
        {
          strategy: 'try-lock',
        },
      );
    assert.equal(label(recomputers(5)), 'pass');
    assert.equal(label(recomputers(20)), 'fail');
  });
});
