import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom, type Recording } from '../../../../judge/evidence.ts';
import { findingsOf, verdictOf } from '../../../../judge/verdict.ts';
import type { Arrival } from '../../../../record/arrival.ts';
import { isDecidedCommit } from '../../../../record/events.ts';
import type { RunEvent } from '../../../../record/facts.ts';
import { inOrderOfEnding, type RecordedRun, recordedRun } from '../../../support/recorded-run.ts';

const SETTLED = 'every operation settled';
const EXPLAINED = 'every answer explained';

const good = await recordedRun('lock-run');
const { key, ttlMs } = good.facts.settings;

/** A write in the middle of the run: others waited for it, read it and replaced it. */
const VERSION = 3;
const commit = good.events.find(
  (event) => isDecidedCommit(event) && event.key === key && event.version === VERSION,
);
assert.ok(commit && isDecidedCommit(commit));
const { fence, by, op } = commit;

const find = (recording: Recording, check: string) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check);
const verdict = (recording: Recording, check: string) => find(recording, check)?.verdict;

/** The run without the store's reply to that write, or with this in its place. */
const withoutReply = (...instead: RunEvent[]): RecordedRun => ({
  ...good,
  events: good.events.flatMap((event) => (event === commit ? instead : [event])),
});
const timedOut: RunEvent = {
  ...{ event: 'commit', at: commit.at + 500, by, key, op, version: VERSION, fence },
  ...{ outcome: 'unknown', why: 'Command timed out' },
};

/** Nothing that anybody saw of that write in the store. */
function unseen(recording: RecordedRun): RecordedRun {
  const isOurs = ({ version, by: from, served }: Arrival) =>
    version !== VERSION || (from === by && (served === 'recomputed' || served === 'waited'));
  return {
    ...recording,
    ledger: recording.ledger.map((line) =>
      line.event === 'begin' && line.replaces === VERSION ? { ...line, replaces: VERSION + 100 } : line,
    ),
    events: recording.events.flatMap((event): RunEvent[] => {
      if (event.event === 'woken' && event.fence === fence) return [];
      return 'replaces' in event && event.replaces === VERSION
        ? [{ ...event, replaces: VERSION + 100 }]
        : [event];
    }),
    arrivals: recording.arrivals.filter(isOurs),
  };
}

describe('a run in which the reply to a write was lost', () => {
  it('passes if others saw the write, whether its writer gave up or was killed before it wrote the reply down', () => {
    for (const recording of [withoutReply(timedOut), withoutReply()]) {
      const evidence = evidenceFrom(recording);
      assert.equal(verdictOf(findingsOf(evidence)), 'pass');
      assert.match(find(recording, SETTLED)?.detail ?? '', /, 1 settled by other evidence$/);
      const settled = evidence.commits.find(({ version }) => version === VERSION);
      assert.ok(settled?.accepted && settled.until);
      assert.ok(settled.atStoreMs <= commit.storeAt && settled.until.storeMs >= commit.storeAt - 1);
    }
  });

  it('is unknown if nobody saw the write, and names it', () => {
    const found = find(unseen(withoutReply(timedOut)), SETTLED);
    assert.equal(found?.verdict, 'unknown');
    assert.match(found?.detail ?? '', /^commit of version 3 by app-\d: nobody knows whether Redis has it/);
  });

  it('is unknown if the writer served the value, as if stored, and nobody saw it in the store', () => {
    const found = find(unseen(withoutReply(timedOut)), EXPLAINED);
    assert.equal(found?.verdict, 'unknown');
    assert.match(found?.detail ?? '', /^no commit of version 3, answered by app-\d/);
  });

  it('does not care for a write that began after the last request fell due', () => {
    const last = { by, key, op: op + 1_000_000, version: 99, fence: fence + 100_000, replaces: VERSION };
    const sentAt = (at: number): Recording => ({
      ...good,
      events: [...good.events, { ...last, event: 'committing', at }],
    });
    assert.equal(verdict(sentAt(good.facts.herd.lastDueAt - 100), SETTLED), 'unknown');
    assert.equal(verdict(sentAt(good.facts.herd.lastDueAt + 100), SETTLED), 'pass');
  });
});

it('a run in which nobody recorded a commit is unknown', () => {
  const events = good.events.filter(({ event }) => event !== 'commit' && event !== 'committing');
  for (const check of [SETTLED, EXPLAINED]) assert.equal(verdict({ ...good, events }, check), 'unknown');
});

it('a recompute that the ledger of the origin does not know makes the run unknown', () => {
  const ledger = good.ledger.map((line) =>
    line.event === 'begin' && line.key === key && line.version === VERSION ? { ...line, version: 99 } : line,
  );
  const found = find({ ...good, ledger }, SETTLED);
  assert.equal(found?.verdict, 'unknown');
  assert.match(found?.detail ?? '', /^recompute of version 3 by app-\d: the origin's ledger/);
});

describe('an answer', () => {
  const spoilt = (change: Partial<Arrival>, of: (arrival: Arrival) => boolean): Recording => {
    const index = good.arrivals.findLastIndex(of);
    assert.ok(index >= 0);
    return {
      ...good,
      arrivals: good.arrivals.map((one, at) => (at === index ? { ...one, ...change } : one)),
    };
  };
  const isHit = ({ served, version }: Arrival) => served === 'hit' && version === 5;

  it('of a version that nobody committed makes the run unknown, and never counts as fresh', () => {
    const found = find(spoilt({ version: 900 }, isHit), EXPLAINED);
    assert.equal(found?.verdict, 'unknown');
    assert.match(found?.detail ?? '', /^no commit of version 900, answered by app-\d; 1 of 742 answers$/);
    const arrivals = good.arrivals.map((arrival) => ({ ...arrival, version: 900 }));
    assert.equal(verdict({ ...good, arrivals }, 'staleness bound'), 'unknown');
  });

  /** The last hit of a version, as if its replica had made another one without the store, which ended so long before. */
  const madeAlone = (beforeMs: number, from?: string, more: readonly RunEvent[] = []): Recording => {
    const hit = good.arrivals.findLast(isHit);
    assert.ok(hit?.sentAt && hit.by);
    const at = hit.sentAt - beforeMs;
    const began = { id: 900, key, version: 900, by: from ?? hit.by, at: at - 200, arrivedAt: at - 200 };
    const recording = spoilt({ version: 900, degraded: true }, isHit);
    return {
      ...recording,
      ledger: [...good.ledger, { event: 'begin', ...began }, { event: 'end', id: 900, at, ending: 'ok' }],
      events: [...good.events, ...more],
    };
  };

  it('that was made without the store needs no commit, but a run of nothing else is unknown', () => {
    assert.equal(verdict(madeAlone(-50), EXPLAINED), 'pass');
    assert.equal(verdict(madeAlone(90), EXPLAINED), 'pass');
    const arrivals = good.arrivals.map((arrival) => ({ ...arrival, degraded: true }));
    assert.equal(verdict({ ...good, arrivals }, EXPLAINED), 'unknown');
  });

  it('that was made without the store is unexplained if its replica did not make it for a caller who was there', () => {
    const late = find(madeAlone(150), EXPLAINED);
    assert.equal(late?.verdict, 'unknown');
    assert.match(
      late?.detail ?? '',
      /^app-\d did not make version 900 for a caller who was there; 1 of 1 answers/,
    );
    assert.equal(verdict(madeAlone(-50, 'app-9'), EXPLAINED), 'unknown');
    assert.equal(verdict(spoilt({ version: 900, degraded: true }, isHit), EXPLAINED), 'unknown');
  });

  it('that was made without the store is explained while its value could not be stored, or its replica had stalled', () => {
    const { by: from = '', sentAt = 0 } = good.arrivals.findLast(isHit) ?? {};
    const gaveUp = {
      ...timedOut,
      at: sentAt - 10,
      by: from,
      op: 900,
      version: 900,
      fence: fence + 900,
    } as RunEvent;
    assert.equal(verdict(madeAlone(400, from, [gaveUp]), EXPLAINED), 'pass');
    const stalled: RunEvent = { event: 'stalled', by: from, at: sentAt - 10, forMs: 390 };
    assert.equal(verdict(madeAlone(400, from, [stalled]), EXPLAINED), 'pass');
    assert.equal(verdict(madeAlone(400, from, [{ ...stalled, by: 'app-9' }]), EXPLAINED), 'unknown');
  });

  it('whose commit was refused is explained in the process that made it, and nowhere else', () => {
    const fenced: RunEvent = { ...commit, outcome: 'fenced', version: 900, op: op + 1_000_000 };
    const answered = (served: string, from: string): Recording => {
      const recording = spoilt({ version: 900, served, by: from }, isHit);
      return { ...recording, events: [...recording.events, fenced] };
    };
    assert.equal(verdict(answered('recomputed', by), EXPLAINED), 'pass');
    assert.equal(verdict(answered('waited', by), EXPLAINED), 'pass');
    assert.equal(verdict(answered('hit', by), EXPLAINED), 'unknown');
    assert.equal(verdict(answered('waited', by === 'app-1' ? 'app-2' : 'app-1'), EXPLAINED), 'unknown');
  });
});

describe('a write without an exact time', () => {
  /** Sent so long before the store had it. */
  const sentEarlier = (ms: number): RecordedRun => {
    const recording = withoutReply(timedOut);
    return {
      ...recording,
      events: recording.events.map((event) =>
        event.event === 'committing' && event.op === op ? { ...event, at: event.at - ms } : event,
      ),
    };
  };

  it('leaves the staleness unknown if its ends disagree, and fails it if both are too early', () => {
    assert.equal(verdict(sentEarlier(0), 'staleness bound'), 'pass');
    assert.equal(verdict(sentEarlier(150), 'staleness bound'), 'unknown');
    const recording = sentEarlier(150);
    const late = commit.at + ttlMs + 300;
    const hit = recording.arrivals.find(({ served, version }) => served === 'hit' && version === VERSION);
    assert.ok(hit);
    const arrivals = [...recording.arrivals, { ...hit, dueAt: late, sentAt: late, endedAt: late + 1 }];
    assert.equal(verdict({ ...recording, arrivals: inOrderOfEnding(arrivals) }, 'staleness bound'), 'fail');
  });

  it('leaves the order unknown if it overlaps a newer one, and fails it if it is out of order at all its moments', () => {
    assert.equal(verdict(sentEarlier(0), 'fencing order'), 'pass');
    // Sent before the write of the version before was accepted, seen after it.
    assert.equal(verdict(sentEarlier(1500), 'fencing order'), 'unknown');
    const recording = sentEarlier(0);
    const events = recording.events.map((event) =>
      'fence' in event && event.fence === fence && event.event !== 'fault'
        ? ({ ...event, fence: 1 } as RunEvent)
        : event,
    );
    assert.equal(verdict({ ...recording, events }, 'fencing order'), 'fail');
  });
});
