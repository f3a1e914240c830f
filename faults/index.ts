import { AND } from '../record/parameter.ts';
import type { Settings } from '../record/settings.ts';
import { clientLeaves } from './client-leaves/expectation.ts';
import { corruptValue } from './corrupt-value/expectation.ts';
import { failoverLosesWrite } from './failover-loses-write/expectation.ts';
import { flush } from './flush/expectation.ts';
import { killHolder } from './kill-holder/expectation.ts';
import { killRefresher } from './kill-refresher/expectation.ts';
import { lockServersDown } from './lock-servers-down/expectation.ts';
import { lostWakeups } from './lost-wakeups/expectation.ts';
import { originDown } from './origin-down/expectation.ts';
import { originErrors } from './origin-errors/expectation.ts';
import { originHangs } from './origin-hangs/expectation.ts';
import { partition } from './partition/expectation.ts';
import { pauseHolder } from './pause-holder/expectation.ts';
import { pauseHolderBrief } from './pause-holder-brief/expectation.ts';
import { pauseHolderOverlap } from './pause-holder-overlap/expectation.ts';
import { redisDown } from './redis-down/expectation.ts';
import { redisFailover } from './redis-failover/expectation.ts';
import { redisRestart } from './redis-restart/expectation.ts';
import { redisSlow } from './redis-slow/expectation.ts';
import { redisStall } from './redis-stall/expectation.ts';
import { redlockAmnesia } from './redlock-amnesia/expectation.ts';
import { redlockNodesDown } from './redlock-nodes-down/expectation.ts';
import { rollingRestart } from './rolling-restart/expectation.ts';
import { scaleOut } from './scale-out/expectation.ts';
import { slowOrigin } from './slow-origin/expectation.ts';
import { slowWakeups } from './slow-wakeups/expectation.ts';
import { storeReadOnly } from './store-read-only/expectation.ts';
import type { Expectation } from './support/expectation.ts';

/** Every fault's pure half, in the order of the matrix. The acting half is beside it, in `strike.ts`. */
export const faults: readonly Expectation[] = [
  killHolder,
  killRefresher,
  pauseHolder,
  pauseHolderOverlap,
  pauseHolderBrief,
  clientLeaves,
  slowOrigin,
  originErrors,
  originDown,
  originHangs,
  redisSlow,
  redisStall,
  redisRestart,
  redisDown,
  flush,
  corruptValue,
  storeReadOnly,
  slowWakeups,
  lostWakeups,
  redisFailover,
  failoverLosesWrite,
  partition,
  lockServersDown,
  redlockNodesDown,
  redlockAmnesia,
  rollingRestart,
  scaleOut,
];

export const faultNamed = (name: string | null | undefined): Expectation | undefined =>
  faults.find((fault) => fault.name === name);

/**
 * Gives the faults that a setting names: none, one, or two joined by a plus sign, which overlap. Undefined if it names one
 * that does not exist.
 */
export function faultsNamed(setting: string | null | undefined): readonly Expectation[] | undefined {
  if (setting == null) return [];
  const named = setting.split(AND).map(faultNamed);
  return named.includes(undefined) ? undefined : (named as Expectation[]);
}

/** Lists the names of the faults that can be done to this service of the user's own. */
export const faultsFromOutside = ({ target }: Pick<Settings, 'target'>): readonly string[] =>
  faults
    .filter(({ outside }) => outside && (target === null || !outside.needsProcess))
    .map(({ name }) => name);
