import { keysOf } from '../../backends/redis.ts';
import { wallTimeMs } from '../../services/shared/wall-time.ts';
import { askRedis } from '../ask-redis.ts';
import { passIf } from '../checks/check.ts';
import type { Bench, Fault } from './fault.ts';
import { untilPromoted } from './primaries.ts';
import { tolerance } from './redis-outage.ts';
import { untilWarm } from './warm.ts';

/** How long before the expiry the replicas are cut off: enough for it to be done, too little for a Sentinel to mind. */
const BEFORE_EXPIRY_MS = 300;

/**
 * The primary dies right after a grant that no replica has: the new primary knows neither the lease nor its fence. Where
 * a grant waits for replicas (`WAIT`) there is no such grant, and the primary dies after one that they have.
 */
export const redisFailover: Fault = {
  name: 'redis-failover',
  summary: 'SIGKILL the primary right after a grant that no replica has',
  guard: 'fences rise by time; a commit needs the newest',
  // A recompute outlasts the failover, and no renewal comes before its end: the orphan gets to write.
  presets: { STORE: 'sentinel', TTL: '1s', RECOMPUTE: '3s', LEASE: '10s', RATE: '100', EXPIRIES: '3' },
  needs: { STORE: 'sentinel' },
  tolerance: (settings) => ({ ...tolerance(settings), forgetsStore: true }),
  async plan(bench) {
    await untilWarm(bench);
    return { victim: bench.cluster.redis.name };
  },
  async inject(bench) {
    const { cluster, settings, journals, until, note } = bench;
    const [, ...replicas] = cluster.redisServers;
    if (settings.waitReplicas === 0) {
      await untilShortlyBeforeExpiry(bench);
      for (const { name } of replicas) await cluster.pause(name);
      // What the kernel holds for a paused replica it would read later: so no connection either.
      await askRedis(cluster.redis.url, (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'replica'));
    }
    const from = wallTimeMs();
    const next = () =>
      journals.events.find(
        (event) => event.event === 'granted' && event.key === settings.key && event.at > from,
      );
    const grant = await until('the next grant', next, settings.ttlMs + 10_000);
    if (grant.event !== 'granted') return;
    await cluster.kill(cluster.redis.name);
    note('killed', { holder: grant.by, fence: grant.fence });
    for (const { name } of replicas) await cluster.resume(name);
    const promoted = await untilPromoted(bench);
    const newest = await askRedis(promoted.url, (redis) => redis.get(keysOf(settings.key).fence)).catch(
      () => null,
    );
    note('newest fence there', { fence: Number(newest ?? 0) });
    const filled = () =>
      journals.events.find((event) => event.event === 'commit' && event.fence > grant.fence);
    await until('a fill on the new primary', filled, settings.leaseMs + settings.recomputeMs + 10_000);
  },
  async heal({ cluster }) {
    const [primary, ...replicas] = cluster.redisServers;
    for (const { name } of replicas) await cluster.resume(name);
    // Empty, and taken for a primary by nobody: the Sentinels make it a replica of the new one.
    if (primary) await cluster.restart(primary.name);
  },
  verify({ events, commits, recomputes, cycles, settings }, timeline) {
    const killed = timeline.noted('killed');
    const promoted = timeline.noted('promoted');
    if (!killed && settings.minReplicas > 0)
      return { verdict: 'unknown', detail: 'missed: min-replicas-to-write gave no grant without a replica' };
    if (!killed || !promoted)
      return { verdict: 'unknown', detail: 'missed: no grant, or nobody was promoted' };
    const fence = Number(killed.details.fence);
    const known = Number(timeline.noted('newest fence there')?.details.fence) === fence;
    if (commits.some((commit) => commit.fence === fence && commit.at < killed.at))
      return { verdict: 'unknown', detail: 'missed: the holder had committed' };
    if (known !== settings.waitReplicas > 0)
      return {
        verdict: 'unknown',
        detail: `missed: the promoted replica ${known ? 'had' : 'did not have'} the grant`,
      };
    const orphan = commits.find((commit) => commit.fence === fence);
    const next = events.find(
      (event) => event.event === 'granted' && event.key === settings.key && event.at > killed.at,
    );
    const filled = commits.find(({ accepted, at }) => accepted && at > killed.at);
    const cold = cycles.find(({ beganAt }) => beganAt > killed.at);
    const leased = cold?.recomputes.filter(({ seenAt }) => seenAt !== undefined).length ?? 0;
    const until = filled?.at ?? Number.POSITIVE_INFINITY;
    const alone = recomputes.filter(
      ({ seenAt, at }) => seenAt === undefined && at > killed.at && at < until,
    ).length;
    const rises = next?.event === 'granted' && next.fence > fence;
    const fate = orphan === undefined ? 'was not written' : orphan.accepted ? 'was written' : 'was refused';
    return passIf(
      (known || !orphan?.accepted) && rises && leased === 1,
      `the grant was ${known ? 'known' : 'unknown'} to the new primary (up after ${(promoted.at - killed.at).toFixed(0)} ms); ` +
        `its fill ${fate}; ${alone} recomputes without Redis; the next fence ${rises ? 'is newer' : 'IS NOT NEWER'}; first fill: ${leased} recompute`,
    );
  },
};

async function untilShortlyBeforeExpiry({ until, journals, settings }: Bench): Promise<void> {
  const from = wallTimeMs();
  const next = () =>
    journals.events.find(
      (event) => event.event === 'commit' && event.key === settings.key && event.at > from,
    );
  const filled = await until('the next fill', next, 3 * settings.ttlMs + 10_000);
  const moment = filled.at + settings.ttlMs - BEFORE_EXPIRY_MS;
  await until(
    'the expiry to come near',
    () => (wallTimeMs() >= moment ? true : undefined),
    2 * settings.ttlMs,
  );
}
