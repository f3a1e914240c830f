import { claimBehind } from '../../../cluster/proxies/claim.ts';
import { faultsNamed } from '../../../faults/index.ts';
import type { Recording } from '../../../judge/evidence.ts';
import type { RunData } from '../../../record/facts.ts';
import { NoRun, readRunFolder } from '../../../record/files/read-run.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';
import { strategyNamed } from '../../../strategies/index.ts';

/** Reads a run's folder, with the claim and the fault that it is judged by. Throws {@link UsageError} when it is none. */
export function readRun(folder: string): Recording {
  const data = read(folder);
  const { settings } = data.facts;
  const definition = strategyNamed(settings.strategy);
  const faults = faultsNamed(settings.fault);
  if (!definition || !faults)
    throw refusal(
      folder,
      `it is a run of ${settings.fault ?? settings.strategy}, which this lab does not know`,
    );
  return { ...data, claim: claimBehind(definition.claim, settings), faults };
}

function read(folder: string): RunData {
  try {
    return readRunFolder(folder);
  } catch (error) {
    throw error instanceof NoRun ? refusal(folder, error.message) : error;
  }
}

const refusal = (folder: string, why: string) =>
  new UsageError(
    `${folder} is not the folder of a run: ${why}. Allowed: a folder below results. Type: make judge RUN=results/latest`,
  );
