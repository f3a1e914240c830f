import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { mostAtOnce } from '../../../faults/support/answers/most-at-once.ts';
import type { Commit, Cycle } from '../../../faults/support/evidence.ts';
import type { Finding } from '../../../faults/support/finding.ts';
import { due } from '../../../judge/checks/due.ts';
import { type Case, evidenceFrom } from '../../../judge/evidence.ts';
import type { RecomputeOperation } from '../../../judge/operations/operations.ts';
import { settleRecomputes } from '../../../judge/operations/settled-recomputes.ts';
import type { LedgerLine } from '../../../record/ledger.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const EXPIRIES = 10_000;
const COMMITS_PER_EXPIRY = 200;
const [TTL_MS, RECOMPUTE_MS] = [3000, 200];
const EVERY_MS = TTL_MS + 2 * RECOMPUTE_MS;
/** Several times what it takes. If every pair were looked at, it would be minutes. */
const MOST_PROCESSOR_MS = 10_000;

/** Does some work, and fails if it takes too much of the processor. Other work on the machine does not count. */
function within<T>(t: TestContext, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  t.diagnostic(`${ms.toFixed(0)} ms of processor time`);
  assert.ok(ms < MOST_PROCESSOR_MS, `${ms} ms`);
  return result;
}

/** A run of so many expiries, each with so many commits, by the claim of none. */
async function manyExpiries(): Promise<Case> {
  const evidence = evidenceFrom(await recordedRun('lock-run'));
  const commits: Commit[] = [];
  const cycles: Cycle[] = [];
  for (let expiry = 0; expiry < EXPIRIES; expiry++) {
    const at = expiry * EVERY_MS;
    for (let n = 0; n < COMMITS_PER_EXPIRY; n++) {
      const atStoreMs = at + (n * RECOMPUTE_MS) / COMMITS_PER_EXPIRY;
      const version = commits.length + 1;
      commits.push({ version, fence: 0, accepted: true, by: 'app-1', atStoreMs, atWallMs: at });
    }
    const began = { beganStoreMs: at + RECOMPUTE_MS + TTL_MS, beganWallMs: at };
    cycles.push({ replaces: commits.length, cause: 'expiry', recomputes: [], ...began });
  }
  const settings = { ...evidence.settings, ttlMs: TTL_MS, ttlJitter: 0 };
  return { ...evidence, settings, commits, cycles };
}

describe('the cost of judging a long run of none', () => {
  it(`recomputed only when due: ${EXPIRIES} expiries of ${COMMITS_PER_EXPIRY} commits`, async (t) => {
    const run = await manyExpiries();
    const cycles = run.cycles.map((cycle) => ({ ...cycle, beganStoreMs: cycle.beganStoreMs - RECOMPUTE_MS }));
    const verdictOf = (evidence: Case) =>
      (within(t, () => due.judge(evidence)) as Finding | undefined)?.verdict;
    assert.equal(verdictOf(run), 'pass');
    assert.equal(verdictOf({ ...run, cycles }), 'fail');
  });

  it('half a million calls of the origin, answered in another order than asked, or not answered', (t) => {
    const calls = 500_000;
    const operations: RecomputeOperation[] = [];
    const ledger: LedgerLine[] = [];
    for (let index = 0; index < calls; index++) {
      const version = calls - index;
      const [by, replaces] = ['app-1', Math.floor(index / 100_000)];
      const isAnswered = index % 2 > 0;
      operations.push({
        ...{ by, replaces, beganWallMs: index },
        ...{ version: isAnswered ? version : undefined, reply: isAnswered ? 'ok' : 'unknown' },
      });
      const times = { arrivedAt: index + 1, at: index + 1 };
      ledger.push({ event: 'begin', id: version, version, key: 'hot', by, replaces, ...times });
    }
    const settled = within(t, () => settleRecomputes(operations, ledger, 'hot'));
    assert.ok(settled.every(({ outcome }) => outcome === 'begun'));
  });

  it('half a million recomputes without the store', (t) => {
    const alone = Array.from({ length: 500_000 }, (_, index) => ({
      ...{ beganWallMs: index, endedWallMs: index + 4 },
    }));
    assert.equal(
      within(t, () => mostAtOnce(alone)),
      4,
    );
  });
});

describe('the most recomputes at once', () => {
  const of = (...spans: readonly (readonly [number, number?])[]) =>
    mostAtOnce(
      spans.map(([beganWallMs, endedWallMs]) => ({
        beganWallMs,
        ...(endedWallMs !== undefined && { endedWallMs }),
      })),
    );

  it('counts those that overlap, and not one that ends as the next begins', () => {
    assert.equal(of([0, 10], [10, 20]), 1);
    assert.equal(of([0, 10], [9, 20], [9, 12]), 3);
    assert.equal(of(), 0);
  });

  it('leaves out one that has no end', () => assert.equal(of([0], [5, 10]), 1));
});
