import type { Begun, LedgerLine } from '../../record/ledger.ts';
import type { RecomputeOperation } from './operations.ts';

/** How far the clocks of an asker and the origin may be apart, at the most, when a question is matched with the ledger. */
const CLOCKS_MS = 50;

/**
 * What became of a call of the origin, by the origin's ledger:
 * - `begun`: it reached the origin, whose ledger has its beginning, and its end if it had one;
 * - `lost`: it never reached the origin, or was refused there, so it made nothing;
 * - `open`: its asker recorded the origin's answer, and the ledger does not have it.
 */
export type SettledRecompute = RecomputeOperation & { readonly outcome: 'begun' | 'lost' | 'open' };

/**
 * Settles every call of the origin for a key. A call with an answer has the answer's version, which the ledger must have as
 * its asker's. Every other call is the first line of the ledger that no other call claims, by the same asker, to replace
 * the same version, after the call was sent. If there is none, the call is lost: the origin writes the ledger before
 * it works.
 */
export function settleRecomputes(
  operations: readonly RecomputeOperation[],
  ledger: readonly LedgerLine[],
  key: string,
): SettledRecompute[] {
  const begun = ledger
    .filter((line): line is Begun => line.event === 'begin' && line.key === key)
    .sort((a, b) => a.arrivedAt - b.arrivedAt);
  const unclaimed = Map.groupBy(begun, ({ by }) => by);
  const claims = (by: string, isIts: (line: Begun) => boolean): boolean => {
    const lines = unclaimed.get(by) ?? [];
    const index = lines.findIndex(isIts);
    if (index >= 0) lines.splice(index, 1);
    return index >= 0;
  };
  // Those whose version is known go first, so that no other call claims their lines.
  const answered = new Map(
    operations
      .filter(({ reply }) => reply === 'ok')
      .map((operation) => [operation, claims(operation.by, ({ version }) => version === operation.version)]),
  );
  return operations.map((operation) => {
    const { by, replaces, beganWallMs } = operation;
    const found = answered.get(operation);
    if (found !== undefined) return { ...operation, outcome: found ? 'begun' : 'open' };
    const isIts = (line: Begun) => line.replaces === replaces && line.arrivedAt >= beganWallMs - CLOCKS_MS;
    return { ...operation, outcome: claims(by, isIts) ? 'begun' : 'lost' };
  });
}
