import { wrapped } from '../../report/wrapped.ts';
import { EXIT_STATUS, worst } from '../exit-status.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesOf } from '../parameters/values.ts';
import { rehearsals } from '../rehearsals/index.ts';
import { rehearse as rehearseOne } from '../rehearsals/run/rehearse.ts';
import type { Command } from './command.ts';

/** Enough for every alert, and little enough for two cores with everything else on them. */
const RATE = '200';

/** Rehearses an alert, or all of them in turn. Without ALERT it lists them. */
export const rehearse: Command = async (invocation, signal) => {
  const { ALERT, HEAL } = valuesOf(invocation);
  if (ALERT === null) {
    for (const line of listing()) console.log(line);
    return EXIT_STATUS.pass;
  }
  // All are checked before the first is started.
  const chosen = rehearsals
    .filter(({ alert }) => ALERT === ALL || ALERT === alert)
    .map((rehearsal) => ({
      rehearsal,
      settings: settingsFrom(valuesOf(invocation, { RATE, ...rehearsal.values })),
    }));
  const statuses: number[] = [];
  for (const { rehearsal, settings } of chosen) {
    if (chosen.length > 1) console.log(`${statuses.length > 0 ? '\n' : ''}${rehearsal.alert}`);
    const passed = await rehearseOne(rehearsal, { settings, signal, byHand: HEAL === 'by-hand' });
    statuses.push(passed ? EXIT_STATUS.pass : EXIT_STATUS.fail);
  }
  return worst(statuses);
};

const ALL = 'all';

/** Each alert with what breaks, and what to type. */
const listing = (): string[] => [
  ...rehearsals.flatMap(({ alert, breaks }) => wrapped(alert.padEnd(19), breaks)),
  '',
  'Type: make rehearse ALERT=DegradedMode, or ALERT=all; to repair it yourself:',
  'make rehearse ALERT=DegradedMode HEAL=by-hand',
];
