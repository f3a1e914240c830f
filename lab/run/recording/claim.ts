import { claimBehind } from '../../../cluster/proxies/claim.ts';
import { claimFrom } from '../../../judge/foreign/claim.ts';
import { isForeign } from '../../../record/foreign/foreign.ts';
import { parsePromises } from '../../../record/foreign/promises.ts';
import type { Settings } from '../../../record/settings.ts';
import type { Claim } from '../../../strategies/contract/index.ts';
import { strategyNamed } from '../../../strategies/index.ts';

/** Gives the claim that a run is judged by: the strategy's, or what the user's own service promises. Undefined: no such strategy. */
export function claimOf(settings: Settings): Claim | undefined {
  if (isForeign(settings)) return claimFrom(parsePromises(settings.claim));
  const definition = strategyNamed(settings.strategy);
  return definition && claimBehind(definition.claim, settings);
}
