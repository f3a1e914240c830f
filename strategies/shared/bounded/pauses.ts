import type { OriginFailed } from '../../contract/errors.ts';
import type { Clock, Options } from '../../contract/index.ts';
import { RecentKeys } from './recent-keys.ts';

/** The most keys remembered. */
const MOST_KEYS = 1000;

interface Pause {
  readonly until: number;
  readonly failure: OriginFailed | undefined;
}

/** The keys that a process leaves alone for a back-off, and why: the only back-off while no lease has one for the fleet. */
export class Pauses {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lastsMs: number;
  readonly #pauses = new RecentKeys<Pause>(MOST_KEYS);

  constructor(clock: Pick<Clock, 'now'>, { backoffMs }: Pick<Options, 'backoffMs'>) {
    this.#clock = clock;
    this.#lastsMs = backoffMs;
  }

  of(key: string): Pause | undefined {
    const pause = this.#pauses.get(key);
    return pause && this.#clock.now() < pause.until ? pause : undefined;
  }

  begin(key: string, failure?: OriginFailed): void {
    this.#pauses.set(key, { until: this.#clock.now() + this.#lastsMs, failure });
  }

  end(key: string): void {
    this.#pauses.delete(key);
  }
}
