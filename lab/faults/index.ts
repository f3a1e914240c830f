import type { Fault } from './fault.ts';
import { killHolder } from './kill-holder.ts';
import { killRefresher } from './kill-refresher.ts';
import { lostWakeups } from './lost-wakeups.ts';
import { originDown } from './origin-down.ts';
import { originErrors } from './origin-errors.ts';
import { partition } from './partition.ts';
import { pauseHolder } from './pause-holder.ts';
import { pauseHolderBrief } from './pause-holder-brief.ts';
import { pauseHolderOverlap } from './pause-holder-overlap.ts';
import { redisDown } from './redis-down.ts';
import { redisFailover } from './redis-failover.ts';
import { redisRestart } from './redis-restart.ts';
import { redisStall } from './redis-stall.ts';
import { redlockAmnesia } from './redlock-amnesia.ts';
import { redlockNodesDown } from './redlock-nodes-down.ts';
import { rollingRestart } from './rolling-restart.ts';
import { scaleOut } from './scale-out.ts';
import { slowOrigin } from './slow-origin.ts';

/** Every fault, in the order of the matrix. */
export const faults: readonly Fault[] = [
  killHolder,
  killRefresher,
  pauseHolder,
  pauseHolderOverlap,
  pauseHolderBrief,
  slowOrigin,
  originErrors,
  originDown,
  redisStall,
  redisRestart,
  redisDown,
  lostWakeups,
  redisFailover,
  partition,
  redlockNodesDown,
  redlockAmnesia,
  rollingRestart,
  scaleOut,
];

export const faultNamed = (name: string | null | undefined): Fault | undefined =>
  faults.find((fault) => fault.name === name);
