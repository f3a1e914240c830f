import { ScriptError, scriptText } from '../../backends/redis/ioredis/scripts.ts';
import { changedFiles } from '../../mutants/loading/changed-files.ts';
import { StaleMutant } from '../../mutants/loading/changed-text.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import { UsageError } from '../../services/shared/usage-error.ts';

/** Throws {@link UsageError} where a mutant's lines are no longer in the code: its run would say nothing about the judge. */
export function refuseStaleMutant(mutant: Pick<Mutant, 'name' | 'lines' | 'changes'> | undefined): void {
  try {
    changedFiles(mutant?.lines ?? []);
    // Any script will do: each call checks all of the changes.
    scriptText('read', mutant?.changes);
  } catch (error) {
    if (!(error instanceof StaleMutant || error instanceof ScriptError)) throw error;
    throw new UsageError(
      `ABLATE=${mutant?.name} does not fit the code: ${error.message}. Allowed: text that occurs exactly once. ` +
        'Type: npm run test:some -- test/unit/mutants/changed-lines.test.ts',
    );
  }
}
