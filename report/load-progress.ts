/** What became of the requests of a load since the last look. */
export interface LoadTally {
  readonly ok: number;
  readonly failed: number;
  readonly unsent: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

const EVERY_MS = 5000;

/** Shows how a load fares: one line kept up to date on a terminal, a line now and then elsewhere. */
export function loadProgress(out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stdout) {
  const sum = { ok: 0, failed: 0, unsent: 0 };
  let open = false;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  return {
    onTally(tally: LoadTally, elapsedMs: number) {
      sum.ok += tally.ok;
      sum.failed += tally.failed;
      sum.unsent += tally.unsent;
      const line = lineOf(sum, tally, elapsedMs);
      if (out.isTTY) {
        out.write(`\r${line.slice(0, 79).padEnd(79)}`);
        open = true;
      } else if (elapsedMs - writtenAtMs >= EVERY_MS && sum.ok + sum.failed + sum.unsent > 0) {
        writtenAtMs = elapsedMs;
        out.write(`${line}\n`);
      }
    },
    end() {
      if (open) out.write('\n');
      open = false;
    },
  };
}

/** The sums, and the times of the last second. */
function lineOf(
  { ok, failed, unsent }: Pick<LoadTally, 'ok' | 'failed' | 'unsent'>,
  { p50Ms, p99Ms }: LoadTally,
  elapsedMs: number,
): string {
  const aside = unsent > 0 ? `  ${unsent} unsent` : '';
  return `${(elapsedMs / 1000).toFixed(0).padStart(4)} s  ${ok} answers  ${failed} failed${aside}  now p50 ${inMs(p50Ms)}  p99 ${inMs(p99Ms)}`;
}

const inMs = (ms: number | null): string => (ms === null ? '–' : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`);
