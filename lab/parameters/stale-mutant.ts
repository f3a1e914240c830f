import { changedFiles } from '../../mutants/loading/changed-files.ts';
import { StaleMutant } from '../../mutants/loading/changed-text.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import { UsageError } from '../../services/shared/usage-error.ts';

/** Throws {@link UsageError} where a mutant's lines are no longer in the code: its run would say nothing about the judge. */
export function refuseStaleMutant(mutant: Pick<Mutant, 'name' | 'lines'> | undefined): void {
  try {
    changedFiles(mutant?.lines ?? []);
  } catch (error) {
    if (!(error instanceof StaleMutant)) throw error;
    throw new UsageError(
      `ABLATE=${mutant?.name} does not fit the code: ${error.message}. Allowed: text that occurs exactly once. ` +
        'Type: npm run test:some -- test/unit/mutants/changed-lines.test.ts',
    );
  }
}
