import type { Cluster } from '../../../cluster/cluster.ts';
import { isForeign } from '../../../record/foreign/foreign.ts';
import type { Settings } from '../../../record/settings.ts';

/** The members of a cluster that write down what they do, answer `/clock` and have metrics. */
export type Recorders = Pick<Cluster, 'origin' | 'replicas' | 'refreshers' | 'ledgerState'>;

/** Gives those of a run. The replicas of a user's own service are none of them. */
export function recordersOf(cluster: Cluster, settings: Settings): Recorders {
  const { origin, replicas, refreshers } = cluster;
  if (!isForeign(settings)) return { origin, replicas, refreshers };
  const ledgerState = cluster.ledgerState?.bind(cluster);
  return { origin, replicas: [], refreshers: [], ...(ledgerState && { ledgerState }) };
}
