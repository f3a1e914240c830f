import { describe } from 'node:test';
import { backsOff } from './lease/backs-off.ts';
import { excludes } from './lease/excludes.ts';
import { mintsFences } from './lease/mints-fences.ts';
import type { MakeLeaseStage } from './lease/stage.ts';
import { wakesWaiters } from './lease/wakes-waiters.ts';

/** What every lease owes the strategies, whatever it is made of. Terms come in steps of `termStepMs`. */
export function leaseContract(name: string, makeStage: MakeLeaseStage, { termStepMs = 1 } = {}): void {
  describe(name, () => {
    excludes(makeStage, termStepMs);
    for (const promises of [mintsFences, backsOff, wakesWaiters]) promises(makeStage);
  });
}
