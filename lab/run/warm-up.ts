import type { Cluster } from '../../cluster/cluster.ts';
import { WARM_UP_KEY } from '../../cluster/own/ready.ts';
import type { Asking } from '../../record/foreign/asking.ts';

const ROUNDS = 60;
/** A service of the user's own may keep nothing, so that each round takes a recompute. */
const OWN_WITHIN_MS = 5000;
/** An idle connection of the lab's own would hold up a replica's drain. */
const NOT_KEPT = { headers: { connection: 'close' } };

/**
 * A process's first requests run uncompiled code; a herd on cold replicas would measure that. Another key than the
 * herd's.
 */
export async function warmUp({ replicas }: Cluster, signal: AbortSignal): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const answers = replicas.map(({ url }) => fetch(`${url}/keys/${WARM_UP_KEY}`, { ...NOT_KEPT, signal }));
    await Promise.all(answers.map(async (answer) => (await answer).text()));
  }
}

/** The same for the user's own service. What it answers is for the judge to see, later. */
export async function warmUpOwn(
  { replicas }: Cluster,
  { path, headers }: Asking,
  signal: AbortSignal,
): Promise<void> {
  const options = { headers: { ...headers, ...NOT_KEPT.headers }, redirect: 'manual' } as const;
  const endsAt = performance.now() + OWN_WITHIN_MS;
  for (let round = 0; round < ROUNDS && performance.now() < endsAt; round++) {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(OWN_WITHIN_MS)]);
    const answers = replicas.map(({ url }) =>
      fetch(url + path(WARM_UP_KEY), { ...options, signal: patience }),
    );
    await Promise.allSettled(answers.map(async (answer) => (await answer).arrayBuffer()));
    signal.throwIfAborted();
  }
}
