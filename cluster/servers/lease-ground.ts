import { type MutexGround, type MutexName, mutexes } from '../../backends/locks/index.ts';
import type { Settings } from '../../record/settings.ts';

/** What the lease of these settings stands on beside the store of the values, by the registry; undefined: nothing. */
export const leaseGround = ({ leaseBackend }: Pick<Settings, 'leaseBackend'>): MutexGround | undefined =>
  mutexes[leaseBackend as MutexName]?.standsOn;
