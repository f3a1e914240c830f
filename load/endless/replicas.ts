import { lookup } from 'node:dns/promises';
import type { Target } from '../target.ts';

/** A replica that takes longer to say that it is ready is as good as down. */
const READY_WITHIN_MS = 2000;

/** Gives all IPv4 addresses behind a name. Throws where there are none, or nobody to ask. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** Asks as every program of the machine does. Docker's own DNS gives one address per container. */
const askSystem: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, family: 4 })).map(({ address }) => address);

/**
 * Makes a function that finds the replicas behind one URL, as a load balancer does: each address of its host where a replica
 * is ready. Their order is the same each time. While the name cannot be resolved, the addresses found last count.
 */
export function replicasBehind(url: string, resolve: Resolve = askSystem): () => Promise<Target[]> {
  const { hostname, port } = new URL(url);
  let addresses: readonly string[] = [];
  return async () => {
    // A name whose last container is gone cannot be resolved either. Nobody is ready at the old addresses then.
    addresses = await resolve(hostname).catch(() => addresses);
    const targets = addresses.toSorted().map((address) => {
      const name = `${address}:${port || 80}`;
      return { name, url: `http://${name}` };
    });
    const ready = await Promise.all(targets.map(({ url }) => isReady(url)));
    return targets.filter((_, index) => ready[index]);
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, {
      // An idle connection would hold up a replica's drain.
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(READY_WITHIN_MS),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
