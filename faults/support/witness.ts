import type { Arrival } from '../../record/arrival.ts';
import type { Answered } from './evidence.ts';

/**
 * Sees every arrival of a run once, in the order in which they ended, and then says what it makes of them. It keeps what it
 * needs for that, and no arrivals: a run may have millions.
 */
export interface Witness<T> {
  see(arrival: Arrival): void;
  /** Gives the conclusion. Called once, after the last arrival. */
  end(): T;
}

/** A conclusion, or the witness who will draw it. */
export type Ruling<T> = T | Witness<T>;

export const isWitness = <T>(ruling: Ruling<T>): ruling is Witness<T> =>
  typeof ruling === 'object' && ruling !== null && 'see' in ruling;

/** Lets every arrival pass once, before all of the witnesses. */
export function letPass(arrivals: Iterable<Arrival>, witnesses: readonly Witness<unknown>[]): void {
  for (const arrival of arrivals) for (const witness of witnesses) witness.see(arrival);
}

/** Has several witnesses see each arrival, and draws the conclusion from theirs. */
export const together = <T>(witnesses: readonly Witness<unknown>[], end: () => T): Witness<T> => ({
  see(arrival) {
    for (const witness of witnesses) witness.see(arrival);
  },
  end,
});

/** Counts the arrivals of which the test is true. */
export function counting(test: (arrival: Arrival) => boolean): Witness<number> {
  let count = 0;
  return {
    see(arrival) {
      if (test(arrival)) count += 1;
    },
    end: () => count,
  };
}

/** Counts the answers of which the test is true. */
export const countingAnswers = (test: (answer: Answered) => boolean): Witness<number> =>
  counting((arrival) => isAnswered(arrival) && test(arrival));

/** Shows each answer to `look`, for who keeps its own books. */
export const answersTo = (look: (answer: Answered) => void): Witness<void> => ({
  see(arrival) {
    if (isAnswered(arrival)) look(arrival);
  },
  end() {},
});

/** Tells whether a request got a value. An answer in which nobody finds a version is none. */
export const isAnswered = (arrival: Arrival): arrival is Answered =>
  arrival.ending === 'ok' && arrival.version !== undefined;

export const hasFailed = ({ ending }: Arrival): boolean => ending === 'error' || ending === 'timeout';
