import type { Strike } from '../../faults/support/strike.ts';

/** Loads what a fault does to a cluster: the half that lies beside its expectation. */
export async function loadStrike(fault: string): Promise<Strike> {
  const module = (await import(`../../faults/${fault}/strike.ts`)) as { readonly strike: Strike };
  return module.strike;
}
