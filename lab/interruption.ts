/** What the lab ends with when somebody interrupts it. */
export const EX_INTERRUPTED = 130;

/** How long the lab waits for what it started to end, unless a command needs longer. The reaper kills what is left then. */
const END_WITHIN_MS = 1500;
/** Signals that come this close to one another are one: a terminal and who started the lab may both send it. */
const ONE_SIGNAL_MS = 300;

/** Lets the end after an interruption take so long from now on, and says what it waits for then. */
export type TimeToEnd = (withinMs: number, why: string) => void;

export interface Interruption {
  readonly signal: AbortSignal;
  readonly mayTake: TimeToEnd;
}

/**
 * Gives a signal that aborts when somebody interrupts the lab, reads its output no more, or started it over a channel and is
 * gone, as a console that was killed. The lab then has 1.5 s to end what it started, or as long as its command has asked for.
 * A second interruption ends it at once. Each time the reaper kills the rest.
 */
export function interruptionOfLab(): Interruption {
  const interruption = new AbortController();
  let interruptedAtMs: number | undefined;
  let withinMs = END_WITHIN_MS;
  let why = 'ending';
  const interrupt = () => {
    if (interruptedAtMs === undefined) {
      interruptedAtMs = performance.now();
      console.error(`\ninterrupted: ${why} (a second Ctrl-C ends it at once)`);
      setTimeout(() => leave('interrupted; not everything ended in time, so it is killed'), withinMs);
      interruption.abort();
    } else if (performance.now() - interruptedAtMs > ONE_SIGNAL_MS) {
      leave('interrupted twice; what still runs is killed');
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  // Whoever is gone gives no second order: what the lab heals until then is healed.
  const interruptUnlessInterrupted = () => {
    if (interruptedAtMs === undefined) interrupt();
  };
  process.on('disconnect', interruptUnlessInterrupted);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads on, as in `make herd | head`.
    if (error.code !== 'EPIPE') throw error;
    interruptUnlessInterrupted();
  });
  return {
    signal: interruption.signal,
    mayTake(longer, words) {
      withinMs = longer;
      why = words;
    },
  };
}

function leave(words: string): never {
  console.error(words);
  process.exit(EX_INTERRUPTED);
}
