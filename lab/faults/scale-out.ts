import { strategyNamed } from '../../strategies/index.ts';
import { passIf } from '../checks/check.ts';
import { crossed, type Evidence } from '../checks/evidence.ts';
import type { Settings } from '../settings.ts';
import type { Fault } from './fault.ts';
import { failuresIn, livesIn, mostRecomputes } from './replicas.ts';
import { patienceMs, untilWarm } from './warm.ts';

const ADDED = 2;
/** Expiries in which the new replicas are to have a part. */
const EXPIRIES_TOGETHER = 2;
/** The one in which they came may be over before a request reached them. */
const FILLS_TOGETHER = EXPIRIES_TOGETHER + 1;

/** The fleet grows under load, and shrinks again. */
export const scaleOut: Fault = {
  name: 'scale-out',
  summary: `add ${ADDED} replicas under load, and take them away again`,
  guard: 'the lease and the wake-ups are the fleet’s, whoever joins; a stopped replica drains',
  presets: { TTL: '2s', RECOMPUTE: '300ms', RATE: '200', EXPIRIES: '6' },
  tolerance: (settings) => ({ extraRecomputes: growthOfClaim(settings) }),
  async plan(bench) {
    await untilWarm(bench);
    return { victim: 'the fleet' };
  },
  async inject(bench) {
    const { cluster, route, until, journals, settings } = bench;
    for (let count = 0; count < ADDED; count++) await cluster.add();
    await route(cluster.replicas);
    const fills = () =>
      journals.events.filter(
        ({ event, ...rest }) => event === 'commit' && 'key' in rest && rest.key === settings.key,
      ).length;
    const before = fills();
    await until(
      'expiries with the new replicas',
      () => (fills() >= before + FILLS_TOGETHER ? true : undefined),
      patienceMs(bench),
    );
  },
  async heal({ cluster, route, settings }) {
    const original = cluster.replicas.slice(0, settings.replicas);
    await route(original);
    for (const { name } of cluster.replicas.slice(settings.replicas)) await cluster.stop(name);
  },
  verify(evidence, timeline) {
    const { injectedAt, healedAt } = timeline;
    const added = livesIn(evidence.events).filter(({ startedAt }) => startedAt > injectedAt);
    const expiries = added.map(({ name }) => expiriesOf(evidence, name));
    const fewest = Math.min(...expiries);
    if (added.length !== ADDED || fewest < EXPIRIES_TOGETHER) {
      return {
        verdict: 'unknown',
        detail: `missed: ${added.length} replicas came, with a part in ${expiries.join(' and ') || 'no'} expiries`,
      };
    }
    const gone = added.filter(
      ({ drained, stoppedAt = Number.POSITIVE_INFINITY }) => drained === true && stoppedAt <= healedAt,
    ).length;
    const failed = failuresIn(evidence, timeline).length;
    const most = mostRecomputes(evidence);
    const { max = Number.POSITIVE_INFINITY } = evidence.claim.recomputesPerExpiry(evidence.settings);
    return passIf(
      gone === ADDED && failed === 0 && most <= max + evidence.tolerance.extraRecomputes,
      `${added.map(({ name }) => name).join(' and ')} had a part in ${expiries.join(' and ')} expiries, ${gone} drained; ` +
        `${failed} requests failed; at most ${most} recomputes an expiry`,
    );
  },
};

/** By how much the claim rises with the fleet: single-flight's does, that of a lock does not. */
function growthOfClaim(settings: Settings): number {
  const most = (replicas: number) =>
    strategyNamed(settings.strategy)?.claim.recomputesPerExpiry({ ...settings, replicas }).max ?? 0;
  return most(settings.replicas + ADDED) - most(settings.replicas);
}

/** In how many expiries a replica answered requests that crossed them. */
const expiriesOf = ({ judged, answered }: Evidence, name: string): number =>
  judged.filter((cycle) => answered.some((answer) => answer.by === name && crossed(answer, cycle))).length;
