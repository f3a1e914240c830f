import type { Cluster } from '../../cluster/cluster.ts';

const WARM_UP = { key: 'warm-up', rounds: 60 };
/** An idle connection of the lab's own would hold up a replica's drain. */
const NOT_KEPT = { headers: { connection: 'close' } };

/**
 * A process's first requests run uncompiled code; a herd on cold replicas would measure that. Another key than the
 * herd's.
 */
export async function warmUp({ replicas }: Cluster, signal: AbortSignal): Promise<void> {
  for (let round = 0; round < WARM_UP.rounds; round++) {
    const answers = replicas.map(({ url }) => fetch(`${url}/keys/${WARM_UP.key}`, { ...NOT_KEPT, signal }));
    await Promise.all(answers.map(async (answer) => (await answer).text()));
  }
}
