import type { OwnService } from '../topology.ts';

/** The key that a service is asked for before a run. The herd asks for another. */
export const WARM_UP_KEY = 'warm-up';

/** Tells whether the user's own service at this address serves a key. Throws, in a few words, if it does not answer so. */
export async function servesKey(
  url: string,
  { asking, answersWithinMs }: Pick<OwnService, 'asking' | 'answersWithinMs'>,
): Promise<boolean> {
  const address = url + asking.path(WARM_UP_KEY);
  const answer = await fetch(address, {
    // An idle connection of the lab's own would hold up a drain.
    headers: { ...asking.headers, connection: 'close' },
    // The herd follows none.
    redirect: 'manual',
    signal: AbortSignal.timeout(answersWithinMs),
  }).catch((error) => {
    throw new NotServed(`GET ${address} got no answer: ${reasonOf(error)}`, { cause: error });
  });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new NotServed(`GET ${address} got ${answer.status}, not 200`);
  return true;
}

/** A service does not serve a key yet. The message says in a few words what came instead. */
export class NotServed extends Error {
  override readonly name = 'NotServed';
}

/** Fetch hides the reason behind "fetch failed". */
function reasonOf(error: Error & { readonly cause?: unknown }): string {
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code ?? message;
}
