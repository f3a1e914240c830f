import { faultsNamed } from '../../../faults/index.ts';
import { fromOutside } from '../../../faults/support/outside/from-outside.ts';
import type { Recording } from '../../../judge/evidence.ts';
import type { RunData } from '../../../record/facts.ts';
import { NoRun, readRunFolder } from '../../../record/files/read-run.ts';
import { InvalidPromise } from '../../../record/foreign/promises.ts';
import type { Settings } from '../../../record/settings.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';
import type { Claim } from '../../../strategies/contract/index.ts';
import { claimOf } from './claim.ts';

/** Reads a run's folder, with the claim and the fault that it is judged by. Throws {@link UsageError} when it is none. */
export function readRun(folder: string): Recording {
  const data = read(folder);
  const { settings } = data.facts;
  const claim = readClaim(settings);
  const faults = faultsNamed(settings.fault);
  if (!claim || !faults)
    throw refusal(
      folder,
      `it is a run of ${settings.fault ?? settings.claim ?? settings.strategy}, which this lab does not know`,
    );
  return { ...data, claim, faults: faults.map((fault) => fromOutside(fault, settings)) };
}

/** Gives undefined for a claim that this lab cannot read. */
function readClaim(settings: Settings): Claim | undefined {
  try {
    return claimOf(settings);
  } catch (error) {
    if (error instanceof InvalidPromise) return undefined;
    throw error;
  }
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
