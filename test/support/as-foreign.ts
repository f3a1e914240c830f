import type { Recording } from '../../judge/evidence.ts';
import { claimFrom } from '../../judge/foreign/claim.ts';
import { parsePromises } from '../../record/foreign/promises.ts';
import type { LedgerLine } from '../../record/ledger.ts';
import type { RecordedRun } from './recorded-run.ts';

/**
 * Gives a run of our own as if it were one of a user's own service: without its inside. Members recorded nothing, answers
 * say nothing but their version, and the ledger has no more than the contract asks for.
 */
export function asForeign(
  run: RecordedRun,
  claim: string | null = null,
  options: { readonly namesReplaced?: boolean } = {},
): RecordedRun {
  return {
    ...insideRemoved(run, claim, options),
    arrivals: run.arrivals.map(({ degraded: _, answeredAt: __, tookMs: ___, ...arrival }) =>
      arrival.ending === 'ok' ? { ...arrival, served: 'answered' } : arrival,
    ),
  };
}

/** The same for everything but the arrivals. */
export function insideRemoved<R extends Omit<Recording, 'arrivals'>>(
  run: R,
  claim: string | null,
  { namesReplaced = false } = {},
): R {
  return {
    ...run,
    facts: { ...run.facts, settings: { ...run.facts.settings, app: 'node service.js', claim } },
    ledger: run.ledger.map((line): LedgerLine => {
      if (line.event === 'end') return line;
      const { seenAt: _, replaces, ...begun } = line;
      return { ...begun, ...(namesReplaced && replaces !== undefined && { replaces }) };
    }),
    events: run.events.filter(({ by }) => by === 'lab'),
    claim: claimFrom(parsePromises(claim)),
  };
}
