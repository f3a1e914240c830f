import { fallingFence } from './falling-fence.ts';
import { jitterAlone } from './jitter-alone.ts';
import { lineMutants } from './lines/index.ts';
import type { Ablation, Mutant } from './mutant.ts';
import { noDoubleCheck } from './no-double-check.ts';
import { noFence } from './no-fence.ts';
import { noLeaseTtl } from './no-lease-ttl.ts';
import { noOverlapGuard } from './no-overlap-guard.ts';
import { fixedLease, noRenewal } from './no-renewal.ts';
import { noSingleFlight } from './no-single-flight.ts';
import { onlyDeleted } from './only-deleted.ts';
import { polling } from './polling.ts';
import { unconditionalRelease } from './unconditional-release.ts';

/** Every ablation, in the order of the table. */
export const ablations: readonly Ablation[] = [
  noLeaseTtl,
  noRenewal,
  fixedLease,
  noFence,
  unconditionalRelease,
  noDoubleCheck,
  noSingleFlight,
  polling,
  jitterAlone,
  noOverlapGuard,
];

/** Every mutant. An ablation is one too. */
export const mutants: readonly Mutant[] = [...lineMutants, fallingFence, onlyDeleted, ...ablations];

export const mutantNamed = (name: string | null | undefined): Mutant | undefined =>
  mutants.find((mutant) => mutant.name === name);

/** Gives the strategy that the mutant changes. */
export const mutatedStrategy = (name: string): string => mutantNamed(name)?.strategy ?? 'lock';

/** Gives the lease backend that the mutant runs with. */
export const mutatedLease = (name: string): string => mutantNamed(name)?.presets.LEASE_BACKEND ?? 'redis';
