import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom } from '../../../../judge/evidence.ts';
import { findingsOf } from '../../../../judge/verdict.ts';
import { type Arrival, NO_VERSION } from '../../../../record/arrival.ts';
import type { LedgerLine } from '../../../../record/ledger.ts';
import type { Verdict } from '../../../../record/result.ts';
import { asForeign } from '../../../support/as-foreign.ts';
import { inOrderOfEnding, type RecordedRun, recordedRun } from '../../../support/recorded-run.ts';

const CLAIM = 'recomputes<=1 mean<=1 stale<=50ms monotonic waits=everyone';

const lock = await recordedRun('lock-run');
const good = asForeign(lock, CLAIM);
const evidence = evidenceFrom(good);

const verdicts = (run: RecordedRun): Record<string, Verdict> =>
  Object.fromEntries(findingsOf(evidenceFrom(run)).map(({ name, verdict }) => [name, verdict]));

/** Asserts that this check, and no other, finds something else than a pass. */
function assertOnly(run: RecordedRun, expected: Readonly<Record<string, Verdict>>): void {
  const found = Object.entries(verdicts(run)).filter(([, verdict]) => verdict !== 'pass');
  assert.deepEqual(Object.fromEntries(found), expected);
}

/** The first version that was judged: when it was there, and when its successor was. */
const [first, second, third] = evidence.judged;
assert.ok(first && second && third);
const versionOf = ({ recomputes: [one] }: typeof first): number => one?.version ?? 0;

/** Changes the first answer that is sent so many ms after a moment. */
function changed(sinceWallMs: number, change: Partial<Arrival>, run = good): RecordedRun {
  const index = run.arrivals.findIndex(({ ending, sentAt = 0 }) => ending === 'ok' && sentAt > sinceWallMs);
  assert.notEqual(index, -1);
  const arrivals = run.arrivals.map((arrival, at) => (at === index ? { ...arrival, ...change } : arrival));
  return { ...run, arrivals: inOrderOfEnding(arrivals) };
}

const withCalls = (calls: readonly LedgerLine[]): RecordedRun => ({
  ...good,
  ledger: [...good.ledger, ...calls],
});

/** A call of the origin that takes so long. */
const call = (by: string, at: number, tookMs = 200): LedgerLine[] => [
  { event: 'begin', id: 900, key: 'hot', version: 900, by, arrivedAt: at, at },
  { event: 'end', id: 900, at: at + tookMs, ending: 'ok' },
];

/** The third expiry's recompute says that it replaces this version. */
const thirdReplacing = (replaces: number): RecordedRun => ({
  ...good,
  ledger: good.ledger.map(
    (line): LedgerLine =>
      line.event === 'begin' && line.version === versionOf(third) ? { ...line, replaces } : line,
  ),
});

describe("a user's own service", () => {
  it('passes with every promise that it keeps', () => {
    assertOnly(good, {});
    for (const name of ['recomputes per expiry', 'monotonic reads', 'staleness bound', 'bounded waits'])
      assert.equal(verdicts(good)[name], 'pass', name);
  });

  it('is not judged by what it does not promise', () => {
    const found = verdicts(asForeign(lock));
    for (const name of ['recomputes per expiry', 'monotonic reads', 'staleness bound', 'bounded waits'])
      assert.ok(!(name in found), name);
  });

  it('fails if it answers an older value now and then', () => {
    // Not so old that its TTL was over for long.
    const run = changed(second.filledWallMs + 20, { version: versionOf(first) });
    const lenient = asForeign(lock, 'monotonic');
    assertOnly({ ...run, claim: lenient.claim, facts: lenient.facts }, { 'monotonic reads': 'fail' });
  });

  it('fails if it serves a value beyond the staleness that it claims', () => {
    const claim = asForeign(lock, 'stale<=500ms');
    const old = changed(third.filledWallMs + 500, { version: versionOf(first) });
    assertOnly({ ...old, claim: claim.claim, facts: claim.facts }, { 'staleness bound': 'fail' });
  });

  it('does not fail for the time that it takes to store a value', () => {
    // Its life began with its first answer, and not with the end of its recompute.
    const run = changed(first.filledWallMs + lock.facts.settings.ttlMs + 100, { version: versionOf(first) });
    assert.equal(verdicts(run)['staleness bound'], 'pass');
  });

  it('fails if it hides an error behind status 200', () => {
    const { version: _, ...error } = good.arrivals[200] as Arrival;
    const arrivals = good.arrivals.map((arrival, index) =>
      index === 200 ? { ...error, why: NO_VERSION } : arrival,
    );
    assertOnly({ ...good, arrivals }, { 'no errors behind 200': 'fail' });
  });

  it('fails if one recompute is too many, at the same time', () => {
    assertOnly(withCalls(call('app-2', second.beganWallMs + 50)), { 'recomputes per expiry': 'fail' });
  });

  it('fails if one is too many, right after the value was there', () => {
    // A waiter who took the lock over and did not look again.
    const maker = second.recomputes[0]?.by;
    const other = maker === 'app-1' ? 'app-2' : 'app-1';
    const found = verdicts(withCalls(call(other, second.filledWallMs + 0.05)));
    assert.equal(found['recomputes per expiry'], 'fail');
  });

  it('fails if a request waits where nobody should', () => {
    const claim = asForeign(lock, 'waits=nobody');
    assertOnly({ ...good, claim: claim.claim, facts: claim.facts }, { 'bounded waits': 'fail' });
  });

  it('fails if a request waits for too long', () => {
    const longMs = 6000;
    const { sentAt = 0 } = good.arrivals.find(({ dueAt }) => dueAt > evidence.warmWallMs) ?? {};
    const newest = Math.max(...evidence.recomputes.map(({ version }) => version));
    const run = changed(sentAt, { endedAt: sentAt + longMs, version: newest });
    assert.equal(verdicts(run)['bounded waits'], 'fail');
  });

  it('is unknown if an answer comes from nowhere', () => {
    const run = changed(second.filledWallMs + 20, { version: 999 });
    assert.equal(verdicts(run)['answers made by the origin'], 'unknown');
  });

  it('fails if an answer comes before its recompute began, or before it ended', () => {
    for (const sinceWallMs of [first.filledWallMs + 20, second.beganWallMs - 100]) {
      const run = changed(sinceWallMs, { version: versionOf(second) });
      assert.equal(verdicts(run)['answers made by the origin'], 'fail');
    }
  });

  it('fails if it answers a value that the origin never gave out', () => {
    const failed = good.ledger.map((line) =>
      line.event === 'end' && line.id === second.recomputes[0]?.id
        ? { ...line, ending: 'error' as const }
        : line,
    );
    assert.equal(verdicts({ ...good, ledger: failed })['answers made by the origin'], 'fail');
  });

  it('fails if it fails a request', () => {
    const { version: _, served: __, ...failed } = good.arrivals[200] as Arrival;
    const arrivals = good.arrivals.map((arrival, index) =>
      index === 200 ? { ...failed, ending: 'error' as const, status: 500 } : arrival,
    );
    assertOnly({ ...good, arrivals }, { 'every request accounted for': 'fail' });
  });

  it('fails if it says that it replaces what nobody made, or what was replaced long ago', () => {
    for (const replaces of [777, first.replaces])
      assert.equal(verdicts(thirdReplacing(replaces))['every recompute explained'], 'fail', `${replaces}`);
  });

  it('fails if it says that it replaces what was just replaced: that expiry has one recompute too many', () => {
    assert.equal(verdicts(thirdReplacing(second.replaces))['recomputes per expiry'], 'fail');
  });

  it('is unknown if too few expiries came', () => {
    const settings = { ...good.facts.settings, expiries: 40 };
    const run = { ...good, facts: { ...good.facts, settings } };
    assertOnly(run, { 'expiries crossed under load': 'unknown' });
  });

  it('has no say in how it is judged: words and times in its answers count for nothing', () => {
    const lie = { served: 'stale', degraded: true, tookMs: 0, answeredAt: 1 };
    const run = { ...good, arrivals: good.arrivals.map((arrival) => ({ ...arrival, ...lie })) };
    assert.deepEqual(findingsOf(evidenceFrom(run)), findingsOf(evidence));
  });
});
