import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { claimBehind } from '../../../cluster/proxies/claim.ts';
import { leaseGround } from '../../../cluster/servers/lease-ground.ts';
import { topology } from '../../../cluster/topology.ts';
import { createFolder, writeRunStart } from '../../../record/files/run-folder.ts';
import { AND } from '../../../record/parameter.ts';
import { FORMAT, type RunStart } from '../../../record/run.ts';
import type { Settings } from '../../../record/settings.ts';
import { UnknownName } from '../../../services/shared/lab-errors.ts';
import { wallTimeMs } from '../../../services/shared/wall-time.ts';
import type { Claim } from '../../../strategies/contract/index.ts';
import { strategyNamed } from '../../../strategies/index.ts';
import { timestamp } from '../timestamp.ts';

export interface BegunRun {
  readonly run: string;
  readonly folder: string;
  readonly token: string;
}

/** Creates a run's folder and writes down what is about to be run. */
export async function beginRun(
  settings: Settings,
  { results, runtime }: { readonly results: string; readonly runtime: RunStart['runtime'] },
): Promise<BegunRun> {
  const parts = [
    timestamp(new Date()),
    settings.strategy,
    settings.ablate,
    settings.proxy,
    settings.fault?.replace(AND, '-and-'),
    settings.at,
  ];
  const run = await createFolder(results, parts.filter((part) => part != null).join('-'));
  const folder = resolve(results, run);
  const token = randomBytes(8).toString('hex');
  const { members } = topology(settings, leaseGround(settings));
  const definition = strategyNamed(settings.strategy);
  if (!definition) throw new UnknownName(`no strategy named ${settings.strategy}`);
  await writeRunStart(folder, {
    format: FORMAT,
    run,
    startedAt: wallTimeMs(),
    token,
    runtime,
    settings,
    claim: inNumbers(claimBehind(definition.claim, settings), settings),
    members: members.map(({ name, role }) => ({ name, role })),
  });
  return { run, folder, token };
}

function inNumbers(claim: Claim, settings: Settings): RunStart['claim'] {
  const { mean, max, deviation } = claim.recomputesPerExpiry(settings);
  const { monotonic, fenced, waits, early } = claim;
  return {
    recomputesPerExpiry: { mean: [...mean], max: max ?? null, deviation: deviation ?? null },
    maxStaleMs: claim.maxStaleMs(settings),
    olderMs: claim.olderMs?.(settings) ?? 0,
    monotonic,
    fenced,
    waits,
    early,
  };
}
