import type { RunRecord } from '../../record/result.ts';

/** One answer to a question, and whether a run came out that way. */
export interface Choice {
  readonly text: string;
  readonly happened: (record: RunRecord) => boolean;
}

/** One step of the tour: a question, the run that answers it, and what it teaches. */
export interface Step {
  readonly title: string;
  /** What the step is about, before the run. */
  readonly about: string;
  /** What is typed after `make`. */
  readonly run: readonly string[];
  readonly question: string;
  readonly choices: readonly Choice[];
  /** What happened, in the run's own figures, and why. */
  readonly lesson: (record: RunRecord) => string;
}

const perExpiry = ({ origin }: RunRecord): number => origin.perExpiry.mean;
const slowest = ({ latencyMs }: RunRecord): string => {
  const ms = latencyMs.acrossExpiry?.p99 ?? 0;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
};
const count = (value: number): string => `${Math.round(value * 100) / 100}`;

/** How often an expiry is recomputed. */
const HOW_OFTEN: readonly Choice[] = [
  { text: 'once', happened: (record) => perExpiry(record) < 1.5 },
  {
    text: 'a few times, at most ten',
    happened: (record) => perExpiry(record) >= 1.5 && perExpiry(record) <= 10,
  },
  { text: 'more than ten times', happened: (record) => perExpiry(record) > 10 },
];

/** The tour: each step takes away one trouble of the step before, or breaks what that one relies on. */
export const STEPS: readonly Step[] = [
  {
    title: 'Reproduce the dogpile',
    about:
      'Four replicas share one Redis. A value lives for 3 s, and the origin needs 200 ms to make a new one, 20 at once at the most. 1000 requests come per second. When the value expires, each request that misses asks the origin.',
    run: ['herd', 'STRATEGY=none', 'EXPIRIES=3'],
    question: 'How often is the value recomputed at an expiry?',
    choices: HOW_OFTEN,
    lesson: (record) =>
      `${count(perExpiry(record))} recomputes per expiry: everybody who came before the first one was done. ${record.origin.maxConcurrent} ran at once, and the others queued. One request in a hundred at the expiry took more than ${slowest(record)}.`,
  },
  {
    title: 'One flight per replica',
    about:
      'single-flight: if a replica is already recomputing the value, its other requests wait for that one. The replicas know nothing of each other.',
    run: ['herd', 'STRATEGY=single-flight', 'EXPIRIES=3'],
    question: 'How often is it recomputed now?',
    choices: HOW_OFTEN,
    lesson: (record) =>
      `${count(perExpiry(record))} per expiry: one per replica. It costs nothing and needs no lock. With 100 replicas it would be 100.`,
  },
  {
    title: 'One lock for the fleet',
    about:
      'lock: whoever misses asks Redis for a lease of 1 s. The one that gets it recomputes. All others wait for the value, and a message wakes them.',
    run: ['herd', 'STRATEGY=lock', 'EXPIRIES=3'],
    question: 'And now?',
    choices: HOW_OFTEN,
    lesson: (record) =>
      `${count(perExpiry(record))} per expiry, whatever the fleet. Everybody else waited for one recompute: one request in a hundred at the expiry took more than ${slowest(record)}.`,
  },
  {
    title: 'Kill the holder',
    about:
      'lock again, and a recompute of 600 ms. In the middle of it the lab kills the replica that holds the lease. It can tell nobody.',
    run: ['fault-kill-holder'],
    question: 'What becomes of those who wait?',
    choices: [
      { text: 'they wait until they give up', happened: ({ requests }) => requests.timeout > 0 },
      {
        text: 'one takes over when the lease ends',
        happened: ({ requests, origin }) => requests.timeout === 0 && origin.perExpiry.max === 2,
      },
      {
        text: 'all recompute at once',
        happened: ({ requests, origin }) => requests.timeout === 0 && origin.perExpiry.max > 2,
      },
    ],
    lesson: ({ origin, requests }) =>
      `The lease ended by itself after 1 s, and one other replica took over: ${origin.perExpiry.max} recomputes for that expiry. ${requests.error + requests.timeout} requests failed, those that were connected to the dead replica. So a lease needs a TTL.`,
  },
  {
    title: 'Freeze the holder past its lease',
    about:
      'The lab freezes the holder instead. Its lease ends, another replica recomputes and stores the value. Then the first one wakes, believes that it still holds the lease, and writes its older value.',
    run: ['fault-pause-holder'],
    question: 'Which value is in the cache afterwards?',
    choices: [
      { text: 'the older one: it was written last', happened: ({ fencing }) => fencing.rejected === 0 },
      { text: 'the newer one: the late write is refused', happened: ({ fencing }) => fencing.rejected > 0 },
    ],
    lesson: ({ fencing }) =>
      `${fencing.rejected > 0 ? 'The newer one.' : 'No late write was refused this time.'} Each lease has a number, the fence, that only grows. Redis stores a value only under the newest fence: ${fencing.accepted} writes were accepted and ${fencing.rejected} refused. So a lock needs a fence.`,
  },
  {
    title: 'No lock at all',
    about:
      'xfetch: a request may recompute before the value expires, by the throw of a die. The nearer the expiry and the longer a recompute takes, the likelier. The others still get the old value, which is good. Nobody takes a lock.',
    run: ['herd', 'STRATEGY=xfetch', 'EXPIRIES=6'],
    question: 'How often is it recomputed?',
    choices: HOW_OFTEN,
    lesson: (record) =>
      `${count(perExpiry(record))} per expiry, and on average at most 2.7 (e), whatever the size of the fleet. It needs no lock, so nothing can be stuck. At a low rate it can happen that nobody is early, and then all wait. One request in a hundred near the expiry took more than ${slowest(record)}.`,
  },
];

/** Gives a step's words as `herd` takes them. */
export const herdWordsOf = ({ run: [target = '', ...words] }: Step): string[] =>
  target.startsWith('fault-') ? [`FAULT=${target.slice('fault-'.length)}`, ...words] : words;
