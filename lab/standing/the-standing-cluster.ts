import { controlsOf, loadStanding, type Standing } from '../../cluster/standing/standing.ts';
import { UsageError } from '../../services/shared/usage-error.ts';

/** Gives the cluster that `make up` keeps running. Throws {@link UsageError} if none is described, or if all of it has ended. */
export async function standingClusterFor(command: string): Promise<Standing> {
  const standing = loadStanding();
  if (standing && (await controlsOf(standing).alive()).size > 0) return standing;
  const what = standing ? 'the cluster of make up has ended' : 'no cluster is up';
  throw new UsageError(`${what}. Type: make up, then ${command}`);
}
