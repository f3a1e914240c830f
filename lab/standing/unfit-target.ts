import type { Standing } from '../../cluster/standing/standing.ts';
import { faultsNamed } from '../../faults/index.ts';
import type { Expectation } from '../../faults/support/expectation.ts';
import { needsRelay } from '../../record/fault-events.ts';
import { SETTINGS, type Settings, settingText } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import type { Texts } from '../parameters/command-line.ts';
import type { Name, Values } from '../parameters/parameters.ts';

/** What you may type beside `TARGET=up`. Everything else belongs to the cluster, which has its own. */
const TAKEN: readonly Name[] = ['TARGET', 'FAULT', 'AT'];

/** Throws {@link UsageError} where what was typed makes no sense with a cluster that is up already. */
export function refuseUnfitTarget(texts: Texts, { FAULT, AT }: Values): void {
  if (FAULT === null)
    throw new UsageError(
      'TARGET=up breaks the cluster of make up, and FAULT=none breaks nothing. Allowed: the name of a fault. Type: make fault-kill-holder TARGET=up, or make load',
    );
  const typed = `make fault-${FAULT} TARGET=up`;
  const foreign = [...texts.keys()].find((name) => !TAKEN.includes(name));
  if (foreign)
    throw new UsageError(
      `${foreign}=${texts.get(foreign)} does not go with TARGET=up: ${foreign === 'REPEAT' ? 'nothing is judged there' : 'the cluster of make up has its own'}. Allowed: ${TAKEN.join(', ')}. Type: ${typed}`,
    );
  if (needsRelay(AT))
    throw new UsageError(
      `AT=${AT} needs a relay to Redis, and the cluster of make up has none. Allowed: AT=recomputing. Type: ${typed}`,
    );
  for (const fault of faultsNamed(FAULT) ?? []) {
    const why = fault.relayed
      ? 'it needs a relay to Redis, and the cluster of make up has none'
      : fault.onlyInRuns;
    if (why !== undefined)
      throw new UsageError(
        `FAULT=${fault.name} does not go with TARGET=up: ${why}. Allowed: TARGET=none. Type: make fault-${fault.name}`,
      );
  }
}

/** Throws {@link UsageError} where the fault finds nothing to break in this cluster. */
export function refuseUnfitCluster({ settings }: Pick<Standing, 'settings'>, fault: string): void {
  for (const expectation of faultsNamed(fault) ?? []) {
    const unmet = unmetNeed(expectation, settings);
    if (!unmet) continue;
    const { name, given, needed } = unmet;
    throw new UsageError(
      `FAULT=${expectation.name} needs ${name}=${needed.join(' or ')}, and the cluster that is up has ${name}=${given}. Type: make down, then make up ${name}=${needed[0]}`,
    );
  }
}

/** The first need of a fault that the cluster does not meet. */
function unmetNeed({ needs = {}, leastReplicas = 1 }: Expectation, settings: Settings) {
  if (settings.replicas < leastReplicas)
    return { name: 'REPLICAS', given: `${settings.replicas}`, needed: [`${leastReplicas}`] };
  const given = Object.fromEntries(
    Object.entries(SETTINGS).map(([field, { name }]) => [
      name,
      settingText(settings[field as keyof typeof SETTINGS]),
    ]),
  );
  return Object.entries(needs)
    .map(([name, needed]) => ({ name, needed: [needed].flat(), given: given[name] ?? '' }))
    .find((need) => !need.needed.includes(need.given));
}
