import { claimBehind } from '../../cluster/proxies/claim.ts';
import { faultNamed } from '../../faults/index.ts';
import type { Recording } from '../../judge/evidence.ts';
import { readRunData } from '../../record/files/run-folder.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { strategyNamed } from '../../strategies/index.ts';

/** Reads a run's folder, with the claim and the fault that it is judged by. Throws {@link UsageError} when it is none. */
export async function readRun(folder: string): Promise<Recording> {
  const data = await readRunData(folder);
  if (!data) {
    throw new UsageError(
      `${folder} is not the folder of a finished run. Allowed: a folder below results. Type: make judge RUN=results/latest`,
    );
  }
  const { settings } = data.facts;
  const definition = strategyNamed(settings.strategy);
  if (!definition)
    throw new UsageError(`${folder} is a run of ${settings.strategy}, which this lab does not know`);
  return { ...data, claim: claimBehind(definition.claim, settings), fault: faultNamed(settings.fault) };
}
