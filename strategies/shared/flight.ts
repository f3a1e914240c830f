import type { Answer, Options } from '../contract/index.ts';

/**
 * One call in flight per key: callers who come meanwhile share its result. As golang/groupcache's singleflight, except that
 * a caller may leave. The call continues for the others and for the cache, even without its first caller.
 */
export class Flight<R> {
  readonly #calls = new Map<string, Promise<R>>();

  /** How many keys have a call in flight. */
  get size(): number {
    return this.#calls.size;
  }

  has(key: string): boolean {
    return this.#calls.has(key);
  }

  /** Joins the key's call in flight, or starts one; `led`: it started one. An abort rejects with the signal's reason. */
  async join(
    key: string,
    call: () => Promise<R>,
    signal?: AbortSignal,
  ): Promise<{ result: R; led: boolean }> {
    const inFlight = this.#calls.get(key);
    const result = inFlight ?? this.#start(key, call);
    return { result: await unlessAborted(result, signal), led: inFlight === undefined };
  }

  #start(key: string, call: () => Promise<R>): Promise<R> {
    const result = call().finally(() => this.#calls.delete(key));
    this.#calls.set(key, result);
    return result;
  }
}

/** A flight that shares nothing, for the runs that show what sharing is for. */
class NoFlight<R> extends Flight<R> {
  override async join(_key: string, call: () => Promise<R>, signal?: AbortSignal) {
    return { result: await unlessAborted(call(), signal), led: true };
  }
}

export const flightFor = <R>({ singleFlight }: Options): Flight<R> =>
  singleFlight ? new Flight<R>() : new NoFlight<R>();

/** Gives a joiner's own answer: only the leader recomputed, everyone else waited for it. */
export function collapsed<V>({ result, led }: { result: Answer<V>; led: boolean }): Answer<V> {
  const recomputed = result.served === 'recomputed' || result.served === 'early';
  return recomputed && !led ? { ...result, served: 'waited' } : result;
}

function unlessAborted<R>(result: Promise<R>, signal?: AbortSignal): Promise<R> {
  if (!signal) return result;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
