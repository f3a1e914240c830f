import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import type { LocalCluster } from '../../../cluster/local/local-cluster.ts';
import { mostAtOnce } from '../../../faults/support/answers/most-at-once.ts';
import { recomputesIn } from '../../../judge/cycles.ts';
import { Histogram } from '../../../judge/histogram.ts';
import { Journals } from '../../../lab/run/recording/journals.ts';
import { forkHerd, type HerdProcess } from '../../../load/herd-process.ts';
import { readHistory } from '../../../record/files/history.ts';
import { wallTimeMs } from '../../../services/shared/wall-time.ts';
import { eventually, labFolder } from '../../support/lab.ts';
import { localCluster } from '../../support/local-cluster.ts';
import { whyNot } from '../../support/lock-server.ts';

const TYPED = ['STRATEGY=lock', 'LEASE_BACKEND=memcached', 'REPLICAS=4', 'TTL=2s', 'RECOMPUTE=100ms'];
const KEYS = Array.from({ length: 50 }, (_, index) => `key-${index + 1}`);
const RATE = 1000;
/** With and without the lock server in turn: what else the machine does befalls both. */
const ROUNDS = 3;
const REQUESTS_EACH = 3 * RATE;
const MOST_SLOWER = 1.5;
/** What a process recomputes at once by default. */
const RECOMPUTE_CAP = 64;

type State = 'healthy' | 'dead';
interface Phase {
  readonly state: State;
  readonly fromMs: number;
  readonly untilMs: number;
}

it('with its lock server dead, lock answers hits as fast as ever, fails no request, and recomputes each key once per process', {
  skip: whyNot('memcached'),
}, async (t) => {
  const folder = labFolder();
  const cluster = await localCluster(folder.path, TYPED);
  const history = join(folder.path, 'history.jsonl');
  const herd = forkHerd(
    {
      targets: cluster.replicas,
      paths: KEYS.map((key) => `/keys/${key}`),
      ratePerSecond: RATE,
      timeoutSeconds: 10,
      poolSeconds: 1,
    },
    { log: join(folder.path, 'herd.log'), history },
  );
  t.after(async () => {
    herd.kill();
    await cluster.down();
    folder.remove();
  });
  const journals = new Journals(cluster.files);
  const phases = await healthyAndDead(cluster, herd, journals);
  await herd.stop();

  const seen = { healthy: new Histogram(), dead: new Histogram() };
  const count = { requests: 0, failed: 0, stale: 0 };
  for (const { dueAt, sentAt = 0, endedAt = 0, ending, served, degraded } of readHistory(history)) {
    const phase = phases.find(({ fromMs, untilMs }) => dueAt >= fromMs && dueAt < untilMs);
    if (!phase) continue;
    count.requests += 1;
    if (ending !== 'ok' || degraded) count.failed += 1;
    if (served === 'stale') count.stale += 1;
    if (served === 'hit') seen[phase.state].record(endedAt - sentAt);
  }
  const atOnce = mostRecomputes(journals, cluster, phases);
  const p99 = { healthy: seen.healthy.atShare(0.99), dead: seen.dead.atShare(0.99) };
  const ratio = p99.dead / p99.healthy;
  t.diagnostic(
    `p99 of hits: ${p99.healthy.toFixed(1)} ms healthy, ${p99.dead.toFixed(1)} ms with the lock server dead (${ratio.toFixed(2)} times); ` +
      `${count.failed} of ${count.requests} requests failed or were answered without Redis, ${count.stale} stale; ` +
      `at most ${atOnce.ofAll} recomputes at once in a process, ${atOnce.ofOne} of one key`,
  );
  assert.equal(count.failed, 0);
  assert.ok(count.stale > 0);
  assert.ok(ratio <= MOST_SLOWER, `${ratio} times`);
  assert.ok(atOnce.ofAll <= RECOMPUTE_CAP && atOnce.ofOne === 1);
});

/** Lets the load run with the lock server and without it, in turn. Gives when it was how. */
async function healthyAndDead(
  cluster: LocalCluster,
  herd: HerdProcess,
  journals: Journals,
): Promise<Phase[]> {
  const phases: Phase[] = [];
  const last = async (state: State) => {
    const fromMs = wallTimeMs();
    const enough = herd.scheduled + REQUESTS_EACH;
    await eventually('the requests', () => herd.scheduled >= enough, 30_000);
    phases.push({ state, fromMs, untilMs: wallTimeMs() });
  };
  const granted = async () => {
    const since = wallTimeMs();
    const look = () => {
      journals.refresh();
      return journals.events.some((event) => event.event === 'granted' && event.at > since);
    };
    await eventually('a grant', look, 20_000);
  };
  await eventually('the first requests', () => herd.scheduled >= 2 * RATE, 30_000);
  for (let round = 0; round < ROUNDS; round++) {
    await granted();
    await last('healthy');
    await cluster.kill('memcached');
    await last('dead');
    await cluster.restart('memcached');
  }
  journals.refresh();
  return phases;
}

/** Gives how many recomputes without a lock server a process had under way at once, at the most: of all keys, and of one. */
function mostRecomputes({ ledger }: Journals, { replicas }: LocalCluster, phases: readonly Phase[]) {
  // Between the phases a recompute with the lease and one without it may meet.
  const isDead = (ms: number) =>
    phases.some(({ state, fromMs, untilMs }) => state === 'dead' && ms > fromMs && ms < untilMs);
  const made = KEYS.map((key) => recomputesIn(ledger, key).filter(({ beganWallMs }) => isDead(beganWallMs)));
  const of = (by: string) => made.map((recomputes) => recomputes.filter((one) => one.by === by));
  const perReplica = replicas.map(({ name }) => of(name));
  return {
    ofAll: Math.max(...perReplica.map((keys) => mostAtOnce(keys.flat()))),
    ofOne: Math.max(...perReplica.flat().map(mostAtOnce)),
  };
}
