import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { leaseGround } from '../../../cluster/servers/lease-ground.ts';
import { topology } from '../../../cluster/topology.ts';
import { createFolder, writeRunStart } from '../../../record/files/run-folder.ts';
import { withoutSecrets } from '../../../record/foreign/asking.ts';
import { strategyOf } from '../../../record/foreign/foreign.ts';
import { AND } from '../../../record/parameter.ts';
import { FORMAT, type RunStart } from '../../../record/run.ts';
import type { Settings } from '../../../record/settings.ts';
import { UnknownName } from '../../../services/shared/lab-errors.ts';
import { wallTimeMs } from '../../../services/shared/wall-time.ts';
import type { Claim } from '../../../strategies/contract/index.ts';
import { timestamp } from '../timestamp.ts';
import { claimOf } from './claim.ts';

export interface BegunRun {
  readonly run: string;
  readonly folder: string;
  readonly token: string;
}

/** Creates a run's folder and writes down what is about to be run. */
export async function beginRun(
  settings: Settings,
  {
    results,
    runtime,
    members = [...topology(settings, leaseGround(settings)).members],
  }: {
    readonly results: string;
    readonly runtime: RunStart['runtime'];
    /** Default: those that the settings describe. */
    readonly members?: RunStart['members'];
  },
): Promise<BegunRun> {
  const parts = [
    timestamp(new Date()),
    strategyOf(settings),
    settings.ablate,
    settings.proxy,
    settings.fault?.replace(AND, '-and-'),
    settings.at,
  ];
  const run = await createFolder(results, parts.filter((part) => part != null).join('-'));
  const folder = resolve(results, run);
  const token = randomBytes(8).toString('hex');
  const claim = claimOf(settings);
  if (!claim) throw new UnknownName(`no strategy named ${settings.strategy}`);
  await writeRunStart(folder, {
    format: FORMAT,
    run,
    startedAt: wallTimeMs(),
    token,
    runtime,
    settings: withoutSecrets(settings),
    claim: inNumbers(claim, settings),
    members: members.map(({ name, role }) => ({ name, role })),
  });
  return { run, folder, token };
}

function inNumbers(claim: Claim, settings: Settings): RunStart['claim'] {
  const { mean, max, deviation } = claim.recomputesPerExpiry(settings);
  const { monotonic, fenced, waits, early } = claim;
  return {
    recomputesPerExpiry: {
      mean: [mean[0], finite(mean[1])],
      max: max ?? null,
      deviation: deviation ?? null,
    },
    maxStaleMs: finite(claim.maxStaleMs(settings)),
    olderMs: claim.olderMs?.(settings) ?? 0,
    monotonic,
    fenced,
    waits,
    early,
  };
}

/** JSON has no infinity. */
const finite = (bound: number): number | null => (Number.isFinite(bound) ? bound : null);
