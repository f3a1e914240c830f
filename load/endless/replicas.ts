import { lookup } from 'node:dns/promises';
import type { Target } from '../target.ts';

/** Gives all IPv4 addresses behind a name. Throws where there are none, or nobody to ask. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface Finding {
  readonly resolve?: Resolve;
  /** How long a replica may take to say that it is ready. Longer than it takes to learn that an address is nobody's. */
  readonly withinMs?: number;
}

/** Asks as every program of the machine does. Docker's own DNS gives one address per container. */
const askSystem: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, family: 4 })).map(({ address }) => address);

/**
 * Makes a function that finds the replicas behind one URL, as a load balancer does: each address of its host where a replica
 * is ready. Their order is the same each time. While the name cannot be resolved, the addresses found last count. A replica
 * that was ready and is too busy to say so again is still one: without its share, the others would be busier still.
 */
export function replicasBehind(
  url: string,
  { resolve = askSystem, withinMs = 5000 }: Finding = {},
): () => Promise<Target[]> {
  const { hostname, port } = new URL(url);
  let addresses: readonly string[] = [];
  let found: readonly Target[] = [];
  return async () => {
    // A name whose last container is gone cannot be resolved either. Nobody is ready at the old addresses then.
    addresses = await resolve(hostname).catch(() => addresses);
    const targets = addresses.toSorted().map((address) => {
      const name = `${address}:${port || 80}`;
      return { name, url: `http://${name}` };
    });
    const before = new Set(found.map(({ name }) => name));
    const ready = await Promise.all(
      targets.map(async ({ name, url }) => (await isReady(url, withinMs)) ?? before.has(name)),
    );
    found = targets.filter((_, index) => ready[index]);
    return [...found];
  };
}

/** Undefined if there is no answer in time. */
async function isReady(url: string, withinMs: number): Promise<boolean | undefined> {
  try {
    const answer = await fetch(`${url}/readyz`, {
      // An idle connection would hold up a replica's drain.
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(withinMs),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? undefined : false;
  }
}
