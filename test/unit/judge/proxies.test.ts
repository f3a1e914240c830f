import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { claimBehind } from '../../../cluster/proxies/claim.ts';
import { wakeLags } from '../../../faults/support/lookups.ts';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { judge } from '../../../judge/index.ts';
import { findingsOf, verdictOf } from '../../../judge/verdict.ts';
import type { Arrival } from '../../../record/arrival.ts';
import type { Settings } from '../../../record/settings.ts';
import { strategyNamed } from '../../../strategies/index.ts';
import { answeredIn, inOrderOfEnding, recordedRun } from '../../support/recorded-run.ts';

/** A real run of `none` behind one Squid, as it was recorded; each test spoils a copy of it in one way. */
const good = await recordedRun('squid-run');

const verdicts = (recording: Recording) =>
  Object.fromEntries(findingsOf(evidenceFrom(recording)).map(({ name, verdict }) => [name, verdict]));

const claimed = (change: Partial<Settings>) => {
  const settings = { ...good.facts.settings, ...change };
  const definition = strategyNamed(settings.strategy);
  assert.ok(definition);
  return { settings, claim: claimBehind(definition.claim, settings) };
};

/** The run, judged as if it had been made with other settings. */
function as(change: Partial<Settings>, arrivals: readonly Arrival[] = good.arrivals): Recording {
  const { settings, claim } = claimed(change);
  return { ...good, facts: { ...good.facts, settings }, claim, arrivals: inOrderOfEnding(arrivals) };
}

describe('a run behind a proxy', () => {
  const evidence = evidenceFrom(good);

  it('passes as it was recorded', () => assert.equal(verdictOf(findingsOf(evidence)), 'pass'));

  it('has one request recompute where many are told in its words that they did', () => {
    const told = good.arrivals.filter(({ served }) => served === 'recomputed');
    assert.ok(told.length > 10, 'Squid says MISS to whoever was collapsed');
    const { byOutcome } = judge(good).record.requests;
    assert.equal(byOutcome.recomputed, evidence.recomputes.length);
    assert.ok((byOutcome.waited ?? 0) > 10);
  });

  it('has the forwarded request alone keep the time that its replica took', () => {
    const arrivals = good.arrivals.map((arrival) => ({ ...arrival, tookMs: 3 }));
    const timed = [...evidenceFrom({ ...good, arrivals }).arrivals].filter(
      ({ tookMs }) => tookMs !== undefined,
    );
    assert.ok(timed.every(({ cache }) => cache === 'fwd'));
    assert.equal(
      timed.filter(({ served }) => served === 'recomputed').length,
      evidence.recomputes.length,
      'each answer is forwarded once',
    );
    assert.ok(timed.length < good.arrivals.filter(({ cache }) => cache === 'fwd').length);
  });

  it('has those wait who were sent before their value was stored, and nobody else', () => {
    const storedAt = new Map(evidence.commits.map(({ version, atStoreMs }) => [version, atStoreMs]));
    const answered = answeredIn(evidence);
    const waited = answered.filter(({ served }) => served === 'waited');
    const hit = answered.filter(({ served, cache }) => served === 'hit' && cache === 'hit');
    assert.ok(waited.length > 10 && hit.length > 10);
    for (const { sentAt, version } of waited) assert.ok(sentAt < (storedAt.get(version) ?? 0));
    for (const { sentAt, version } of hit) assert.ok(sentAt >= (storedAt.get(version) ?? 0));
  });

  it('is told how far behind the commit the waiters had it, the first fill included', () => {
    const countIn = (settings: Settings) => {
      const lagOf = wakeLags({ ...evidence, settings });
      return answeredIn(evidence).filter((answer) => lagOf(answer, 'client') !== undefined).length;
    };
    const { settings } = evidence;
    assert.ok(countIn(settings) > countIn({ ...settings, proxy: null }));
  });

  it('fails where everything is forwarded, though nothing is recomputed more than once', () => {
    const arrivals = good.arrivals.map((arrival, index) => ({
      ...arrival,
      cache: 'fwd' as const,
      answeredAt: (arrival.answeredAt ?? 0) + index,
    }));
    assert.equal(verdicts(as({}, arrivals))['requests forwarded'], 'fail');
  });

  it('fails where one proxy recomputes twice in an expiry, and two may', () => {
    const [, second] = evidence.cycles;
    const again = second?.recomputes[0];
    assert.ok(again?.seenStoreMs);
    const { beganWallMs, seenStoreMs, by } = again;
    const ledger = [
      ...good.ledger,
      {
        event: 'begin' as const,
        id: 999,
        key: 'hot',
        version: 999,
        by,
        at: beganWallMs,
        arrivedAt: beganWallMs,
        seenAt: seenStoreMs,
      },
    ];
    assert.equal(verdicts({ ...good, ledger })['recomputes per expiry'], 'fail');
    assert.equal(verdicts({ ...as({ proxies: 2 }), ledger })['recomputes per expiry'], 'pass');
  });

  /** As if whoever waited had been served at once, but for the first fill and for who was under way when his value was stored. */
  const unwaiting = good.arrivals.map((arrival) => {
    const { version = 0, sentAt = 0, cache } = arrival;
    const [first] = evidence.commits;
    const stored = evidence.commits.find((commit) => commit.version === version);
    const metOnTheWay = cache === 'hit' && (stored?.atStoreMs ?? 0) - sentAt < 50;
    if (version === first?.version || metOnTheWay) return arrival;
    return { ...arrival, served: 'hit', cache: 'hit' as const, version: version - 1, endedAt: sentAt + 1 };
  });

  it('fails where somebody waits though there is grace, but not for who met the value on the way', () => {
    const graced = { proxy: 'varnish', proxyGraceMs: 10_000 };
    const waited = verdicts(as(graced));
    assert.equal(waited['bounded waits'], 'fail');
    assert.equal(waited['labels agree with the clock'], 'fail');
    const served = verdicts(as(graced, unwaiting));
    assert.equal(served['bounded waits'], 'pass');
    assert.equal(served['labels agree with the clock'], 'pass');
  });

  it('fails where a proxy kept a request for longer than anybody may wait, whatever it was served then', () => {
    const one = unwaiting.find(({ dueAt }) => dueAt > evidence.warmWallMs);
    const kept = unwaiting.map((arrival) =>
      arrival === one ? { ...arrival, endedAt: (arrival.endedAt ?? 0) + 5000 } : arrival,
    );
    const { verdict, detail } = findingsOf(evidenceFrom(as({ proxy: 'nginx' }, kept))).find(
      ({ name }) => name === 'bounded waits',
    ) ?? { detail: '' };
    assert.equal(verdict, 'fail', detail);
    assert.match(detail, /^1 of \d+ waited .*longest 5\d+ ms/);
  });

  it('fails where a value is served longer past its time than whole seconds account for', () => {
    const arrivals = good.arrivals.map((arrival, index) =>
      index === 250 ? { ...arrival, version: evidence.commits[0]?.version ?? 0 } : arrival,
    );
    assert.equal(verdicts(as({}, arrivals))['staleness bound'], 'fail');
  });
});

describe('what is claimed of a strategy behind proxies', () => {
  const recomputes = (change: Partial<Settings>) => {
    const { settings, claim } = claimed({ replicas: 4, ...change });
    return claim.recomputesPerExpiry(settings);
  };

  it('is one recompute an expiry for each, or fewer where the replicas agree', () => {
    assert.deepEqual(recomputes({ proxies: 1 }), { mean: [1, 1], max: 1 });
    assert.deepEqual(recomputes({ proxies: 2 }), { mean: [1, 2], max: 2 });
    assert.deepEqual(recomputes({ proxies: 2, strategy: 'single-flight' }), { mean: [1, 2], max: 2 });
    assert.deepEqual(recomputes({ proxies: 2, strategy: 'lock' }), { mean: [1, 1], max: 1 });
  });

  it('is no order of reads, and a TTL more of staleness where the age is ignored', () => {
    const staleMs = (change: Partial<Settings>) => {
      const { settings, claim } = claimed(change);
      assert.equal(claim.monotonic, false);
      return claim.maxStaleMs(settings);
    };
    assert.equal(staleMs({ proxy: 'varnish', proxies: 2 }), 2000);
    assert.equal(staleMs({ proxy: 'nginx-lock', proxies: 1 }), 2000);
    assert.equal(staleMs({ proxy: 'nginx-lock', proxies: 2, ttlMs: 3000 }), 5000);
  });

  it('is that of the strategy itself where there is none', () => {
    const { claim } = claimed({ proxy: null, proxies: 0 });
    assert.equal(claim, strategyNamed('none')?.claim);
  });
});
