import { STANDING } from '../../cluster/standing/description-path.ts';
import { NotInTime } from '../../services/shared/until.ts';
import type { TimeToEnd } from '../interruption.ts';
import type { Values } from '../parameters/parameters.ts';
import type { Invocation } from '../parameters/values.ts';
import { breakStanding } from '../standing/break-standing.ts';
import { standingClusterFor } from '../standing/the-standing-cluster.ts';
import { refuseUnfitCluster, refuseUnfitTarget } from '../standing/unfit-target.ts';

/** How long healing may take after an interruption, on a machine that has much else to do. */
const HEALED_WITHIN_MS = 45_000;

/** Breaks the cluster of `make up`, and heals it. Gives 0 if the fault was injected and healed, else 1. */
export async function faultOnStanding(
  { texts }: Invocation,
  values: Values,
  signal: AbortSignal,
  mayTake: TimeToEnd,
): Promise<number> {
  refuseUnfitTarget(texts, values);
  const fault = values.FAULT as string;
  const standing = await standingClusterFor(`make fault-${fault} TARGET=up`);
  refuseUnfitCluster(standing, fault);
  console.log(
    `fault ${fault} on the cluster that ${STANDING} describes (${standing.strategy}, ${standing.runtime})`,
  );
  mayTake(HEALED_WITHIN_MS, 'healing what is broken. If you do not wait for it, type: make heal');
  try {
    const { wasInjected, isHealed } = await breakStanding({
      ...{ standing, fault, at: values.AT, signal },
      onPhase: console.log,
    });
    console.log(
      wasInjected ? `nothing is judged here. To judge it: make fault-${fault}` : 'the fault was not injected',
    );
    if (wasInjected && !isHealed) console.error('dogpile-lab: it was not healed. Type: make heal');
    return wasInjected && isHealed ? 0 : 1;
  } catch (error) {
    if (!(error instanceof NotInTime)) throw error;
    console.error(`dogpile-lab: ${error.message}`);
    return 1;
  }
}
