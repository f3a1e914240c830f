import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Begun, RecomputeEnding } from '../../record/ledger.ts';
import { ToldToFail } from '../shared/lab-errors.ts';
import { wallTimeMs } from '../shared/wall-time.ts';
import { type Behaviour, drawRecompute } from './behaviour.ts';
import { Expiries } from './expiries.ts';
import type { Ledger } from './ledger.ts';
import type { originMetrics } from './metrics.ts';

export interface RecomputingParts {
  readonly ledger: Ledger;
  readonly metrics: ReturnType<typeof originMetrics>;
  readonly behaviour: Behaviour;
  readonly random: () => number;
}

/** A request for a recompute: who asks for which key, since when. */
export type Wanted = Parameters<Ledger['begin']>[0];

/** Does the origin's recomputes, as slowly and with as many errors as its behaviour says, and counts them. */
export class Recomputing {
  readonly #parts: RecomputingParts;
  readonly #expiries = new Expiries();
  readonly #workers: ReturnType<typeof pLimit>;
  #behaviour: Behaviour;

  constructor(parts: RecomputingParts) {
    this.#parts = parts;
    this.#behaviour = parts.behaviour;
    this.#workers = pLimit(workersOf(parts.behaviour));
    parts.metrics.capacity.set(parts.behaviour.capacity);
  }

  get behaviour(): Behaviour {
    return this.#behaviour;
  }

  /** Changes the origin's behaviour, from the next recompute on. */
  change(changes: Partial<Behaviour>): Behaviour {
    this.#behaviour = { ...this.#behaviour, ...changes };
    this.#workers.concurrency = workersOf(this.#behaviour);
    this.#parts.metrics.capacity.set(this.#behaviour.capacity);
    return this.#behaviour;
  }

  /**
   * Recomputes when a worker is free. Its answer says how long it queued for one (`queuedMs`). Rejects on abort, and throws
   * {@link ToldToFail} if the behaviour says so.
   */
  async run(wanted: Wanted, signal: AbortSignal) {
    const { queued } = this.#parts.metrics;
    const answer = this.#workers(() => this.#recompute(wanted, signal));
    queued.set(this.#workers.pendingCount);
    return answer.finally(() => queued.set(this.#workers.pendingCount));
  }

  async #recompute(wanted: Wanted, signal: AbortSignal) {
    signal.throwIfAborted();
    const { ledger, metrics } = this.#parts;
    const begun = ledger.begin(wanted);
    this.#count(begun);
    metrics.running.add(1);
    const end = (ending: RecomputeEnding) => {
      ledger.end(begun, ending);
      metrics.running.add(-1);
      metrics.endings.inc({ ending });
      metrics.duration.observe((wallTimeMs() - wanted.arrivedAt) / 1000);
    };
    try {
      const made = await this.#work(begun, signal);
      end('ok');
      return made;
    } catch (error) {
      end(signal.aborted ? 'aborted' : 'error');
      throw error;
    }
  }

  async #work({ key, version, at, arrivedAt }: Begun, signal: AbortSignal) {
    const { costMs, fails } = drawRecompute(this.#behaviour, this.#parts.random);
    await sleep(costMs, undefined, { signal });
    if (fails) throw new ToldToFail('the origin fails as it was told to');
    const value = { report: `${key} as of version ${version}`, rows: rowsOf(version) };
    return { key, version, computedAt: at, queuedMs: Math.max(0, at - arrivedAt), value };
  }

  #count(begun: Begun): void {
    const { metrics } = this.#parts;
    metrics.recomputes.inc({ by: begun.by });
    const recomputes = this.#expiries.countRecompute(begun);
    if (recomputes === undefined) return;
    metrics.expiryRecomputes.set(recomputes);
    if (recomputes > 1) return;
    metrics.expiries.inc();
    metrics.lastExpiry.set((begun.seenAt ?? begun.at) / 1000);
  }
}

const workersOf = ({ capacity }: Behaviour): number => capacity || Number.POSITIVE_INFINITY;

/** Makes a few rows, so that an answer is neither empty nor large. */
const rowsOf = (version: number) =>
  Array.from({ length: 8 }, (_, row) => ({ row, total: version * 100 + row }));
