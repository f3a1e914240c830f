import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { roleOf } from '../ask-redis.ts';
import type { Cluster, RedisServer, Replica } from '../cluster.ts';
import type { Standing } from './standing.ts';
import type { StandingControls } from './standing-cluster.ts';

/** A standing cluster that somebody does something to. */
export interface StandingHandle extends Cluster {
  /** Puts back what was taken: starts what was ended and resumes what was paused. Leaves the cluster up. You may call it twice. */
  down(): Promise<void>;
}

/** How long putting one thing back may take, on a machine that has much else to do. */
const BACK_WITHIN_MS = 30_000;

/**
 * Gives a standing cluster as what a fault acts on. It cannot be cut in two, gets no further replica and has no relay; its
 * members may have ended before. `signal` hurries what drains. What puts something back goes on even when the signal aborts.
 */
export async function handleOf(
  standing: Standing,
  controls: StandingControls,
  signal: AbortSignal,
): Promise<StandingHandle> {
  let alive = await controls.alive();
  const redisServers = await primaryFirst(standing.redisServers);
  /** What was done something to, and not undone. */
  const taken = new Set<string>();
  const take = async (member: string, act: () => Promise<void>) => {
    taken.add(member);
    await act();
    alive = await controls.alive();
  };
  const putBack = async (members: ReadonlySet<string>) => {
    await controls.revive(AbortSignal.timeout(BACK_WITHIN_MS), members);
    for (const member of members) taken.delete(member);
    alive = await controls.alive();
  };
  /** As others see it: one that is dead has no pid. */
  const seen = ({ name, url, pid }: Described): Replica => ({
    name,
    url,
    ...(pid !== undefined && alive.has(name) && { pid }),
  });
  return {
    runtime: standing.runtime,
    token: standing.token,
    get replicas() {
      return standing.replicas.map(seen);
    },
    get refreshers() {
      return standing.refreshers.map(seen);
    },
    proxies: standing.proxies.map(seen),
    origin: standing.origin,
    redis: redisServers[0] ?? standing.redis,
    redisServers,
    lockServers: standing.lockServers,
    near: [],
    files: { ...standing.files, logs: standing.logs },
    // Its members end when somebody ends them.
    casualties: async () => [],
    kill: (member) => take(member, () => controls.kill(member)),
    pause: (member) => take(member, () => controls.pause(member)),
    stop: (member) => take(member, () => controls.stop(member, signal)),
    async resume(member) {
      await controls.resume(member);
      taken.delete(member);
    },
    restart: (member) => putBack(new Set([member])),
    cut: refuse('cannot be cut in two'),
    mend: refuse('cannot be cut in two'),
    add: refuse('gets no further replica'),
    down: () => (taken.size > 0 ? putBack(new Set(taken)) : Promise.resolve()),
  };
}

/** A member as its description has it. */
interface Described {
  readonly name: string;
  readonly url: string;
  readonly pid?: number | undefined;
}

/** A standing cluster keeps its members for weeks: after a failover, another server than the first is the primary. */
async function primaryFirst(servers: readonly RedisServer[]): Promise<readonly RedisServer[]> {
  if (servers.length < 2) return servers;
  const roles = await Promise.all(servers.map(({ url }) => roleOf(url).catch(() => undefined)));
  const primary = servers[roles.indexOf('master')];
  return primary ? [primary, ...servers.filter((server) => server !== primary)] : servers;
}

const refuse = (what: string) => (): Promise<never> =>
  Promise.reject(new MemberFailed(`a cluster of make up ${what}`));
