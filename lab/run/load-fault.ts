import type { Strike } from '../../faults/support/strike.ts';

/** A fault's name, and what it does to a cluster. */
export interface LoadedFault {
  readonly fault: string;
  readonly strike: Strike;
}

/** Loads what a fault does to a cluster: the half that lies beside its expectation. */
export async function loadFault(fault: string): Promise<LoadedFault> {
  const module = (await import(`../../faults/${fault}/strike.ts`)) as { readonly strike: Strike };
  return { fault, strike: module.strike };
}
