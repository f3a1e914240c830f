import { describe } from 'node:test';
import type { Definition } from '../../strategies/contract/index.ts';
import type { MakeFleet } from '../support/fleet.ts';
import { keepsOrder } from './strategy/keeps-order.ts';
import { letsCallersLeave } from './strategy/lets-callers-leave.ts';
import { namesWhatItReplaces } from './strategy/names-what-it-replaces.ts';
import { serves } from './strategy/serves.ts';
import { survivesGarbage } from './strategy/survives-garbage.ts';
import { survivesTheOrigin } from './strategy/survives-the-origin.ts';
import { survivesTheStore } from './strategy/survives-the-store.ts';
import { survivesWithoutLease } from './strategy/survives-without-lease.ts';

/**
 * What every strategy owes whoever calls it, checked on a fleet of replicas in this process that share one Redis and one
 * origin. What a strategy only claims for itself is checked when it claims it.
 */
export function strategyContract(definition: Definition, makeFleet: MakeFleet): void {
  describe(definition.name, () => {
    for (const promises of [
      serves,
      letsCallersLeave,
      survivesTheOrigin,
      survivesTheStore,
      survivesGarbage,
      survivesWithoutLease,
      keepsOrder,
      namesWhatItReplaces,
    ])
      promises(definition, makeFleet);
  });
}
