import { faultsFromOutside, faults as registry } from '../../faults/index.ts';
import type { Expectation } from '../../faults/support/expectation.ts';
import { pointsOf } from '../../faults/support/points.ts';
import type { FaultRow } from '../../record/batch/batch.ts';
import { formatDuration } from '../../record/duration.ts';
import type { Point } from '../../record/fault-events.ts';
import { isForeign, strategyOf } from '../../record/foreign/foreign.ts';
import { parsePromises } from '../../record/foreign/promises.ts';
import { NONE } from '../../record/parameter.ts';
import type { Settings } from '../../record/settings.ts';
import { faultRowOf, matrixOf } from '../../report/fault-matrix.ts';
import { wrapped } from '../../report/wrapped.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { printLink } from '../boards/link.ts';
import { EXIT_STATUS, worst } from '../exit-status.ts';
import { refuseStandingTarget } from '../parameters/own/unfit-own-service.ts';
import type { Values } from '../parameters/parameters.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { type Invocation, valuesOf } from '../parameters/values.ts';
import { runAndReport } from '../run/attempts.ts';
import { inBatch } from '../run/recording/batch-folder.ts';
import type { Command } from './command.ts';

interface Planned {
  readonly fault: Expectation;
  /** Null for a fault that leaves no choice. */
  readonly point: Point | null;
  readonly repeat: number;
  readonly settings: Settings;
}

/** Every fault at each of its points that goes with what was typed, and the matrix of what answered it. */
export const faults: Command = async (invocation, signal) => {
  refuseStandingTarget(valuesOf(invocation, { FAULT: NONE }));
  // All are checked before the first is started.
  const { runs, leftOut } = planOf(invocation);
  for (const line of leftOut) console.log(line);
  console.log(announcement(runs));
  return inBatch(invocation, countOf(runs), async (batch) => {
    const rows: FaultRow[] = [];
    for (const { fault, point, repeat, settings } of runs) {
      for (let round = 1; round <= repeat; round++) {
        console.log(`\n${titleOf(fault, point)}: ${fault.summary}`);
        const fromMs = Date.now();
        const { record, attempts } = await runAndReport(settings, signal);
        const strategy = strategyOf(settings);
        await printLink({ board: 'herd', fromMs, toMs: Date.now(), strategy, run: record.run });
        rows.push(faultRowOf(fault, point, record, attempts));
        await batch.write({ kind: 'faults', claim: settings.claim, rows });
      }
    }
    console.log(`\n${matrixOf(rows)}`);
    return worst(rows.map(({ run }) => EXIT_STATUS[run.verdict]));
  });
};

/**
 * Lists the runs, and what does not go with what was typed. Of a user's own service: those that it promises to survive, or
 * all that can be done to it. Throws {@link UsageError} if nothing fits.
 */
export function planOf(invocation: Invocation): { runs: Planned[]; leftOut: string[] } {
  const leftOut: string[] = [];
  let unfit: UsageError | undefined;
  const values = valuesOf(invocation, { FAULT: NONE });
  const { AT } = values;
  const own = ownFaultsOf(values);
  const offered = own ? registry.filter(({ name }) => own.includes(name)) : registry;
  const chosen = offered.filter((fault) => AT === null || pointsOf(fault).length > 0);
  const without = offered.filter((fault) => !chosen.includes(fault)).map(({ name }) => name);
  if (without.length > 0) leftOut.push(...wrapped('left out: ', `without points: ${without.join(', ')}`));
  const runs = chosen.flatMap((fault) => {
    const points = AT !== null ? [AT] : own ? [] : pointsOf(fault);
    return (points.length > 0 ? points : [null]).flatMap((point): Planned[] => {
      const values = valuesOf(invocation, { FAULT: fault.name, AT: point ?? NONE });
      try {
        return [{ fault, point, repeat: values.REPEAT, settings: settingsFrom(values) }];
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        leftOut.push(...wrapped('left out: ', `${titleOf(fault, point)}: ${error.message.split('. ')[0]}`));
        unfit = error;
        return [];
      }
    });
  });
  if (runs.length === 0 && unfit) throw unfit;
  return { runs, leftOut };
}

/** Gives the faults to run if the service is the user's own. Throws {@link UsageError} where the values make no sense together. */
function ownFaultsOf(values: Values): readonly string[] | undefined {
  const settings = { app: values.APP, image: values.IMAGE, target: values.TARGET };
  if (!isForeign(settings)) return undefined;
  const { survives } = parsePromises(settingsFrom(values).claim);
  return survives.length > 0 ? survives : faultsFromOutside(settings);
}

/** How long starting, warming up and ending a cluster takes. */
const AROUND_A_RUN_MS = 12_000;
/** Fills before the fault, and expiries in peace after it. */
const MORE_EXPIRIES = 4;

function announcement(runs: readonly Planned[]): string {
  const ms = runs.reduce((sum, { settings, repeat }) => {
    const { ttlMs, recomputeMs, expiries } = settings;
    return sum + repeat * (AROUND_A_RUN_MS + (Math.max(expiries, 4) + MORE_EXPIRIES) * (ttlMs + recomputeMs));
  }, 0);
  const about = formatDuration(Math.max(1, Math.round(ms / 60_000)) * 60_000);
  return `${countOf(runs)} runs, about ${about}; longer if some must be repeated`;
}

const countOf = (runs: readonly Planned[]): number => runs.reduce((sum, { repeat }) => sum + repeat, 0);

const titleOf = ({ name }: Expectation, point: Point | null): string =>
  point === null ? name : `${name} AT=${point}`;
