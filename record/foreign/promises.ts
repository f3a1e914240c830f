import { parseDuration } from '../duration.ts';

const waiters = ['everyone', 'winner', 'nobody'] as const;

/** What a service promises. What is absent is not promised. */
export interface Promises {
  /** The most recomputes of one expiry. */
  readonly recomputes?: number;
  /** The most recomputes per expiry, on average. */
  readonly mean?: number;
  /** How long past its TTL a value may be served. */
  readonly staleMs?: number;
  readonly waits?: (typeof waiters)[number];
  /** Whether nobody reads an older value after anybody has read a newer one. */
  readonly monotonic: boolean;
  /** The faults under which the promises hold. */
  readonly survives: readonly string[];
}

/** The words of a claim, for help and errors. */
export const PROMISE_WORDS =
  'recomputes<=N, mean<=X, stale<=DURATION, waits=everyone (or winner, nobody), monotonic, survives=FAULT,FAULT';

/** Is thrown for a text that is no claim. The message is one line. */
export class InvalidPromise extends Error {
  override readonly name = 'InvalidPromise';
  constructor(what: string, word: string) {
    super(`${what}. Allowed: ${PROMISE_WORDS}. Type: CLAIM='${word}'`);
  }
}

/** Reads words separated by blanks; null is a claim without promises. Throws {@link InvalidPromise} at the first wrong one. */
export function parsePromises(text: string | null): Promises {
  const seen = new Set<string>();
  let promises: Promises = { monotonic: false, survives: [] };
  for (const word of (text ?? '').split(/\s+/).filter(Boolean)) {
    const [, name = '', operator = '', value = ''] = /^([^<=]*)(<=|=|)(.*)$/.exec(word) ?? [];
    const form = FORMS[name];
    if (form?.operator !== operator)
      throw new InvalidPromise(`CLAIM: ${word} is not a promise`, form?.typical ?? 'recomputes<=1');
    if (seen.has(name)) throw new InvalidPromise(`CLAIM: ${name} is there twice`, word);
    seen.add(name);
    promises = { ...promises, ...form.read(value, word) };
  }
  return promises;
}

interface Form {
  readonly operator: '<=' | '=' | '';
  /** A promise of this form that is allowed. */
  readonly typical: string;
  /** Reads what follows the operator. */
  read(value: string, word: string): Partial<Promises>;
}

/** An expiry has one recompute at least, so less cannot be promised. */
const LEAST = 1;
const MOST = 1_000_000;

const FORMS: Readonly<Record<string, Form>> = {
  recomputes: {
    operator: '<=',
    typical: 'recomputes<=1',
    read: (value, word) => ({ recomputes: amount(/^\d+$/, value, word, 'a whole number', 'recomputes<=1') }),
  },
  mean: {
    operator: '<=',
    typical: 'mean<=1.5',
    read: (value, word) => ({ mean: amount(/^\d+(\.\d+)?$/, value, word, 'a number', 'mean<=1.5') }),
  },
  stale: {
    operator: '<=',
    typical: 'stale<=500ms',
    read(value, word) {
      const staleMs = parseDuration(value);
      if (Number.isNaN(staleMs))
        throw new InvalidPromise(`CLAIM: ${word} needs a duration, such as 500ms or 2s`, this.typical);
      return { staleMs };
    },
  },
  waits: {
    operator: '=',
    typical: 'waits=winner',
    read(value, word) {
      const waits = waiters.find((one) => one === value);
      if (!waits) throw new InvalidPromise(`CLAIM: ${word} needs ${waiters.join(' or ')}`, this.typical);
      return { waits };
    },
  },
  monotonic: { operator: '', typical: 'monotonic', read: () => ({ monotonic: true }) },
  survives: {
    operator: '=',
    typical: 'survives=kill-holder,redis-down',
    read(value, word) {
      const survives = value.split(',');
      if (!survives.every((fault) => /^[a-z][a-z-]*$/.test(fault)))
        throw new InvalidPromise(`CLAIM: ${word} needs names of faults, separated by commas`, this.typical);
      return { survives: [...new Set(survives)] };
    },
  },
};

function amount(form: RegExp, value: string, word: string, kind: string, typical: string): number {
  const read = form.test(value) ? Number(value) : Number.NaN;
  if (read >= LEAST && read <= MOST) return read;
  throw new InvalidPromise(`CLAIM: ${word} needs ${kind} from ${LEAST} to ${MOST}`, typical);
}
