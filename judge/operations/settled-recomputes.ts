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
 * Settles every call of the origin for a key, in the order in which they were sent. A call with an answer has the answer's version, which the ledger must have as
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
  const ofVersion = Map.groupBy(begun, ({ by, version }) => `${by} ${version}`);
  const ofQuestion = new Map(
    [...Map.groupBy(begun, questionOf)].map(([question, lines]) => [question, new Unclaimed(lines)]),
  );
  const claimed = new Set<Begun>();
  // Those whose version is known go first, so that no other call claims their lines.
  const answered = new Map(
    operations
      .filter(({ reply }) => reply === 'ok')
      .map((operation) => {
        const line = ofVersion.get(`${operation.by} ${operation.version}`)?.shift();
        if (line) claimed.add(line);
        return [operation, line !== undefined];
      }),
  );
  return operations.map((operation) => {
    const found = answered.get(operation);
    if (found !== undefined) return { ...operation, outcome: found ? 'begun' : 'open' };
    const sinceMs = operation.beganWallMs - CLOCKS_MS;
    const line = ofQuestion
      .get(questionOf(operation))
      ?.claim((line) => !claimed.has(line) && line.arrivedAt >= sinceMs);
    return { ...operation, outcome: line ? 'begun' : 'lost' };
  });
}

const questionOf = ({ by, replaces }: Begun | RecomputeOperation): string => `${by} ${replaces}`;

/** The ledger's lines of one question. Calls come in the order in which they were sent, so whatever one skips is no other's. */
class Unclaimed {
  readonly #lines: readonly Begun[];
  #next = 0;

  constructor(lines: readonly Begun[]) {
    this.#lines = lines;
  }

  /** Claims the first line that may be the call's. */
  claim(mayBeIts: (line: Begun) => boolean): Begun | undefined {
    while (this.#next < this.#lines.length) {
      const line = this.#lines[this.#next++] as Begun;
      if (mayBeIts(line)) return line;
    }
    return undefined;
  }
}
