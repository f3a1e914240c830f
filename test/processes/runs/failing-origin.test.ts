import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { tellOrigin } from '../../../cluster/tell-origin.ts';
import { Journals } from '../../../lab/run/recording/journals.ts';
import { forkHerd } from '../../../load/herd-process.ts';
import { readHistory } from '../../../record/files/history.ts';
import { eventually, labFolder } from '../../support/lab.ts';
import { localCluster } from '../../support/local-cluster.ts';

const BACKOFF_MS = 400;
const OUTAGE_MS = 3000;
const RATE = 200;
const TYPED = [
  'STRATEGY=lock',
  'REPLICAS=4',
  `RATE=${RATE}`,
  'TTL=500ms',
  'RECOMPUTE=50ms',
  `BACKOFF=${BACKOFF_MS}ms`,
];

/** The origin fails for three seconds under load, while what is stored goes stale. */
async function outage(typed: readonly string[]) {
  const folder = labFolder();
  const cluster = await localCluster(folder.path, [...TYPED, ...typed]);
  try {
    const journals = new Journals(cluster.files);
    const herd = forkHerd(
      {
        targets: cluster.replicas,
        poolSeconds: 2,
        paths: ['/keys/hot'],
        ratePerSecond: RATE,
        timeoutSeconds: 5,
      },
      { log: join(folder.path, 'herd.log'), history: join(folder.path, 'history.jsonl') },
    );
    const commits = () => {
      journals.refresh();
      return journals.events.filter(({ event }) => event === 'commit').length;
    };
    await eventually('three fills', () => commits() >= 3, 10_000);
    const failsFrom = Date.now();
    await tellOrigin(cluster.origin, { errorRate: 1 });
    await eventually('three seconds', () => Date.now() - failsFrom >= OUTAGE_MS, OUTAGE_MS + 1000);
    await tellOrigin(cluster.origin, { errorRate: 0 });
    const failsTo = Date.now();
    const before = commits();
    await eventually('a fill after the outage', () => commits() > before, 5000);
    await eventually('another one', () => commits() > before + 1, 5000);
    await herd.stop();
    journals.refresh();
    const arrivals = [...readHistory(join(folder.path, 'history.jsonl'))];
    return { failsFrom, failsTo, arrivals, ledger: journals.ledger, events: journals.events };
  } finally {
    await cluster.down();
    folder.remove();
  }
}

describe('an origin that fails for three seconds', () => {
  it('is asked once a back-off window by the whole fleet, and nothing good is lost', async () => {
    const { failsFrom, failsTo, arrivals, ledger, events } = await outage(['GRACE=30s']);
    const failed = new Set(
      ledger.flatMap((line) => (line.event === 'end' && line.ending === 'error' ? [line.id] : [])),
    );
    const begun = ledger.flatMap((line) => (line.event === 'begin' && failed.has(line.id) ? [line.at] : []));
    assert.ok(begun.length >= 3, `${begun.length} failed recomputes`);
    assert.ok(begun.length <= OUTAGE_MS / BACKOFF_MS + 1, `${begun.length} failed recomputes`);
    begun.slice(1).forEach((at, index) => {
      const apart = at - (begun[index] as number);
      assert.ok(apart >= BACKOFF_MS, `asked again after ${apart} ms`);
    });

    const lost = arrivals.filter(({ ending }) => ending !== 'ok');
    assert.deepEqual(lost, []);
    const during = arrivals.filter(({ dueAt }) => dueAt > failsFrom + 1000 && dueAt < failsTo);
    assert.ok(
      during.every(({ served }) => served === 'stale' || served === 'waited'),
      'the stale value is served',
    );

    const recovered = events.find(({ event, at }) => event === 'commit' && at > failsTo);
    assert.ok(recovered);
    // A window, the recompute itself, and what a busy machine adds.
    assert.ok(recovered.at - failsTo < BACKOFF_MS + 50 + 150, `recovered after ${recovered.at - failsTo} ms`);
  });

  it('once nothing stale is left, gets its callers a clear error, fast', async () => {
    const { failsFrom, failsTo, arrivals, ledger } = await outage(['GRACE=0ms']);
    const failures = ledger.filter((line) => line.event === 'end' && line.ending === 'error');
    assert.ok(failures.length <= OUTAGE_MS / BACKOFF_MS + 1, `${failures.length} failed recomputes`);
    const late = arrivals.filter(({ dueAt }) => dueAt > failsFrom + 2200 && dueAt < failsTo);
    const errors = late.filter(({ status, why }) => status === 502 && why === 'ERR_DOGPILE_ORIGIN_FAILED');
    assert.ok(errors.length > late.length * 0.7, `${errors.length} errors of ${late.length}`);
    const slow = errors.filter(({ endedAt = 0, dueAt }) => endedAt - dueAt > BACKOFF_MS);
    assert.deepEqual(slow, []);
  });
});
