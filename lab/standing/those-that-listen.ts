import type { Target } from '../../load/target.ts';

/** One that does not answer in time listens all the same: it may be frozen, and that is for its clients to feel. */
const ANSWERED_WITHIN_MS = 500;

/** Gives the targets that accept connections. */
export async function thoseThatListen(targets: readonly Target[]): Promise<Target[]> {
  const are = await Promise.all(targets.map(listens));
  return targets.filter((_, index) => are[index]);
}

const listens = ({ url }: Target): Promise<boolean> =>
  // Not kept alive: an idle connection of the lab's own would hold up a replica's drain.
  fetch(`${url}/readyz`, {
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
  }).then(
    async (answer) => {
      await answer.body?.cancel();
      return true;
    },
    (error: Error) => (error.cause as NodeJS.ErrnoException | undefined)?.code !== 'ECONNREFUSED',
  );
