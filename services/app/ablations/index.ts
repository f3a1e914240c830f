import type { Ablation } from './ablation.ts';
import { jitterAlone } from './jitter-alone.ts';
import { noDoubleCheck } from './no-double-check.ts';
import { noFence } from './no-fence.ts';
import { noLeaseTtl } from './no-lease-ttl.ts';
import { fixedLease, noRenewal } from './no-renewal.ts';
import { noSingleFlight } from './no-single-flight.ts';
import { polling } from './polling.ts';
import { unconditionalRelease } from './unconditional-release.ts';

/** Every ablation of the lock; lab/ablations.ts says what each is to show. */
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
];

export const ablationNamed = (name: string): Ablation | undefined =>
  ablations.find((ablation) => ablation.name === name);
