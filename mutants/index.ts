import type { Ablatable, Ablation } from './ablation.ts';
import { jitterAlone } from './jitter-alone.ts';
import { noDoubleCheck } from './no-double-check.ts';
import { noFence } from './no-fence.ts';
import { noLeaseTtl } from './no-lease-ttl.ts';
import { noOverlapGuard } from './no-overlap-guard.ts';
import { fixedLease, noRenewal } from './no-renewal.ts';
import { noSingleFlight } from './no-single-flight.ts';
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

export const ablationNamed = (name: string | null | undefined): Ablation | undefined =>
  ablations.find((ablation) => ablation.name === name);

/** Gives the strategy whose guard the ablation takes out. */
export const ablatedStrategy = (name: string): Ablatable => ablationNamed(name)?.strategy ?? 'lock';
