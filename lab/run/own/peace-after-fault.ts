import { faultsNamed } from '../../../faults/index.ts';
import { AFTERMATH_MS } from '../../../faults/support/lookups.ts';
import { fromOutside } from '../../../faults/support/outside/from-outside.ts';
import { leastBesideFault } from '../../../judge/checks/non-vacuity.ts';
import { isForeign } from '../../../record/foreign/foreign.ts';
import type { Settings } from '../../../record/settings.ts';
import { claimOf } from '../recording/claim.ts';

/**
 * Gives how long the judge counts an expiry to the fault once that is healed, and how many later ones it wants; undefined if
 * the service is the lab's own.
 */
export function peaceAfterFault(
  settings: Settings,
): { readonly aftermathMs: number; readonly expiries: number } | undefined {
  const claim = claimOf(settings);
  if (!isForeign(settings) || !claim) return undefined;
  const aftermathsMs = (faultsNamed(settings.fault) ?? []).map(
    (fault) => fromOutside(fault, settings).tolerance(settings, claim).aftermathMs ?? AFTERMATH_MS,
  );
  return { aftermathMs: Math.max(0, ...aftermathsMs), expiries: leastBesideFault(settings) };
}
