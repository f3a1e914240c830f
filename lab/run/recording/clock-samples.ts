import { setTimeout as sleep } from 'node:timers/promises';
import type { HerdProcess } from '../../../load/herd-process.ts';
import type { ClockSample } from '../../../record/clock-samples.ts';
import type { Journal } from '../../../record/files/journal.ts';
import { wallTimeMs } from '../../../services/shared/wall-time.ts';
import type { Recorders } from './recorders.ts';

const EVERY_MS = 5000;
const ANSWER_WITHIN_MS = 1000;
/** The shortest of so many round trips tells a clock best. A service gets fewer: each is a connection of its own. */
const READINGS = { store: 20, herd: 10, member: 5 };

export interface SampledClocks {
  /** Looked up at each sample, since members come and go. */
  readonly recorders: () => Recorders;
  readonly herd: HerdProcess;
  readonly store: { timeMs(): Promise<number> };
  readonly journal: Journal;
}

/**
 * Compares the clocks of the store, the herd and every member with the lab's, at once and every {@link EVERY_MS}, and
 * records each sample. A clock that does not answer has no sample. Call the returned function to end it.
 */
export function sampleClocks({ recorders, herd, store, journal }: SampledClocks): () => void {
  let sampling = false;
  async function round() {
    if (sampling) return;
    sampling = true;
    try {
      await sampleAll();
    } finally {
      sampling = false;
    }
  }
  async function sampleAll() {
    const { origin, replicas, refreshers } = recorders();
    const members = [{ name: 'origin', url: origin.url }, ...replicas, ...refreshers];
    const clocks: [of: string, readings: number, read: () => Promise<number>][] = [
      ['store', READINGS.store, () => store.timeMs()],
      ['herd', READINGS.herd, () => inTime(herd.wallMs())],
      ...members.map(({ name, url }): [string, number, () => Promise<number>] => [
        name,
        READINGS.member,
        () => wallTimeOf(url),
      ]),
    ];
    for (const [of, readings, read] of clocks) {
      const sample = await shortest(readings, read).catch(() => undefined);
      if (sample)
        journal.append({ at: wallTimeMs(), by: 'lab', event: 'clock', of, ...sample } satisfies ClockSample);
    }
  }
  // A member that is nowhere now has no clock to read. The next round tries again.
  const start = () => void round().catch(() => {});
  start();
  const timer = setInterval(start, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

const inTime = <T>(answer: Promise<T>): Promise<T> =>
  Promise.race([
    answer,
    sleep(ANSWER_WITHIN_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('no answer'))),
  ]);

/** Reads a clock several times, and takes the reading with the shortest round trip. */
async function shortest(readings: number, read: () => Promise<number>) {
  let best: Pick<ClockSample, 'aheadMs' | 'errorMs'> | undefined;
  for (let reading = 0; reading < readings; reading++) {
    const askedAt = wallTimeMs();
    const itsMs = await read();
    const tripMs = wallTimeMs() - askedAt;
    const errorMs = tripMs / 2;
    if (!best || errorMs < best.errorMs) best = { aheadMs: itsMs - (askedAt + errorMs), errorMs };
  }
  return best;
}

async function wallTimeOf(url: string): Promise<number> {
  // An idle connection of the lab's own would hold up a replica's drain.
  const answer = await fetch(`${url}/clock`, {
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return ((await answer.json()) as { wallMs: number }).wallMs;
}
