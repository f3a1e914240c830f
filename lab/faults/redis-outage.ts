import { type Finding, passIf } from '../checks/check.ts';
import type { Evidence } from '../checks/evidence.ts';
import type { Bench, Fault, Plan, Tolerance } from './fault.ts';
import { nextHolder } from './holder.ts';
import type { Timeline } from './timeline.ts';

/** How long a replica may take to notice that Redis is back. */
const NOTICE_MS = 1500;

const presets: Fault['presets'] = { TTL: '2s', RECOMPUTE: '300ms', RATE: '200', EXPIRIES: '5' };

/** Redis is hit right after a grant, so that a fill is under way. */
const plan = async (bench: Bench): Promise<Plan> => ({ ...(await nextHolder(bench)), victim: 'redis' });

const tolerance: Fault['tolerance'] = ({ leaseMs }): Partial<Tolerance> => ({
  extraRecomputes: Number.POSITIVE_INFINITY,
  extraWaitMs: 2 * leaseMs,
});

/**
 * While Redis is gone each replica serves itself, one recompute at a time; once it is back one recompute fills the key
 * for all, and nothing that was made meanwhile is written.
 */
function verify(
  { recomputes, answered, commits, cycles, settings }: Evidence,
  { injectedAt, healedAt }: Timeline,
): Finding {
  const alone = recomputes.filter(
    ({ seenAt, at }) => seenAt === undefined && at > injectedAt && at < healedAt + NOTICE_MS,
  );
  const degraded = answered.filter((answer) => answer.degraded === true).length;
  if (alone.length === 0 || degraded === 0)
    return { verdict: 'unknown', detail: 'missed: nobody had to do without Redis' };
  const atOnce = Math.max(
    ...alone.map(({ at }) => alone.filter((other) => other.at <= at && (other.endedAt ?? at) > at).length),
  );
  const madeAlone = new Set(alone.map(({ version }) => version));
  const written = commits.filter(({ accepted, version }) => accepted && madeAlone.has(version)).length;
  const back = cycles.find(({ beganAt }) => beganAt > healedAt);
  const cold = back?.recomputes.filter(({ seenAt }) => seenAt !== undefined).length ?? 0;
  return passIf(
    atOnce <= settings.replicas && written === 0 && cold === 1,
    `${degraded} answers without Redis, ${atOnce} recomputes at once; ${written} of them written later; first fill afterwards: ${cold} recompute`,
  );
}

/** SIGSTOP to Redis for longer than the lease: commands hang, connections stay. */
export const redisStall: Fault = {
  name: 'redis-stall',
  summary: 'SIGSTOP Redis for two and a half leases',
  guard: 'commands time out; degraded mode; the fence',
  presets,
  tolerance,
  plan,
  async inject({ cluster, last, settings }) {
    await cluster.pause('redis');
    await last(2.5 * settings.leaseMs);
  },
  heal: ({ cluster }) => cluster.resume('redis'),
  verify,
};

/** Redis is killed, and at once back with nothing in it: values, leases and fences are forgotten. */
export const redisRestart: Fault = {
  name: 'redis-restart',
  summary: 'SIGKILL Redis and start it empty',
  guard: 'a commit needs the newest fence; fences rise by time',
  presets,
  tolerance,
  plan,
  inject: ({ cluster }) => cluster.kill('redis'),
  heal: ({ cluster }) => cluster.restart('redis'),
  verify(evidence, timeline) {
    const late = evidence.commits.find(
      ({ fence, at }) => fence === timeline.fence && at > timeline.injectedAt,
    );
    const cold = evidence.cycles.find(({ beganAt }) => beganAt > timeline.injectedAt);
    const recomputes = cold?.recomputes.filter(({ seenAt }) => seenAt !== undefined).length ?? 0;
    const refused =
      late === undefined
        ? 'the fill under way was not written'
        : late.accepted
          ? 'the fill under way WAS written'
          : 'the fill under way was refused';
    return passIf(
      late?.accepted !== true && recomputes === 1,
      `${refused}; cold start of the fleet: ${recomputes} recompute`,
    );
  },
};

/** Redis is gone for three seconds and comes back empty. */
export const redisDown: Fault = {
  name: 'redis-down',
  summary: 'SIGKILL Redis for 3 s; it comes back empty',
  guard: 'degraded mode, with a cap; nothing unfenced is written later',
  presets,
  tolerance,
  plan,
  async inject({ cluster, last }) {
    await cluster.kill('redis');
    await last(3000);
  },
  heal: ({ cluster }) => cluster.restart('redis'),
  verify,
};
