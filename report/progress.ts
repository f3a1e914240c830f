import type { Cycle } from '../faults/support/evidence.ts';

export interface Progress {
  readonly judged: readonly Pick<Cycle, 'recomputes'>[];
  readonly scheduled: number;
  readonly elapsedMs: number;
}

const EVERY_MS = 5000;

/** Shows how far a run is: one line kept up to date on a terminal, a line now and then elsewhere. */
export function progressLine(expiries: number, out: NodeJS.WriteStream = process.stdout) {
  let open = false;
  let lastAt = Number.NEGATIVE_INFINITY;
  const end = () => {
    if (open) out.write('\n');
    open = false;
  };
  return {
    onPhase(phase: string) {
      end();
      out.write(`${phase}\n`);
    },
    onProgress({ judged, scheduled, elapsedMs }: Progress) {
      const counts = judged.slice(-8).map(({ recomputes }) => recomputes.length);
      const line = `${(elapsedMs / 1000).toFixed(0).padStart(4)} s  ${scheduled} requests  expiry ${judged.length}/${expiries}  recomputes ${counts.join(' ')}`;
      if (out.isTTY) {
        out.write(`\r${line.slice(0, 79).padEnd(79)}`);
        open = true;
      } else if (elapsedMs - lastAt >= EVERY_MS) {
        lastAt = elapsedMs;
        out.write(`${line.trimEnd()}\n`);
      }
    },
    end,
  };
}
