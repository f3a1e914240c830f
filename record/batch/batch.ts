import { z } from 'zod';
import { points } from '../fault-events.ts';
import type { RunRecord } from '../result.ts';
import { settingsSchema } from '../settings-schema.ts';

/** What breaks a lease's holder or its server in `make leases`. */
export const LEASE_FAULTS = ['killed', 'paused', 'restart', 'cut'] as const;

const MOST_TEXT = 100_000;
const MOST_ROWS = 100_000;
/** Of rows that are drawn in one picture, in which each label has to find its place among all others. */
const MOST_DRAWN = 200;

/** A folder's name among them: never a path, and never `..`. */
const name = z.string().regex(/^[\w+-][\w.+-]{0,127}$/);
const text = z.string().max(MOST_TEXT);
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const amount = z.number().nonnegative().max(1e15);
const verdict = z.enum(['pass', 'fail', 'unknown']);
const listOf = <S extends z.ZodType>(schema: S, most = MOST_ROWS) => z.array(schema).max(most).readonly();

/** A run of a batch. Its folder lies beside the batch's. */
const batchRun = z.object({
  run: name,
  strategy: name,
  verdict,
  checks: listOf(z.object({ name: text, verdict, detail: text })),
  /** How often it was run, the last time included. The earlier runs showed nothing. */
  attempts: count,
});
export type BatchRun = Readonly<z.infer<typeof batchRun>>;

/** Gives what a batch keeps of a run. */
export const batchRunOf = (
  { run, strategy, verdict, checks }: Pick<RunRecord, 'run' | 'strategy' | 'verdict' | 'checks'>,
  attempts: number,
): BatchRun => ({ run, strategy, verdict, checks, attempts });

/**
 * A figure, and how far it may be off: for what every expiry shows, the 95 % interval of a bootstrap over the
 * expiries; for what only a whole trial shows, the range of the trials, since a handful of them allows no interval.
 * Null where there is neither.
 */
const figure = z.object({
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]).readonly().nullable(),
});
export type Figure = Readonly<z.infer<typeof figure>>;

/** One strategy's row: all its trials together. Times in ms. */
const comparisonRow = z.object({
  strategy: name,
  trials: count,
  /** The runs of these trials, those that were unknown and repeated included. */
  attempts: count,
  expiries: count,
  recomputesPerExpiry: figure.extend({ max: count }),
  acrossExpiryMs: z.object({ p50: figure.nullable(), p99: figure.nullable() }),
  allP99Ms: figure,
  /** By how much the slowest request, warm-up aside, took longer than the p99 of the hits; null: nothing was hit. */
  maxBeyondHitsMs: z.number().nullable(),
  maxStalenessMs: amount,
  /** Of the waiters who were answered: nobody knows whether a lost request waited. */
  wakeP99Ms: figure.nullable(),
  redisCommandsPerRequest: figure.nullable(),
  verdict,
  runs: listOf(batchRun),
});
export type ComparisonRow = Readonly<z.infer<typeof comparisonRow>>;

/** A run under a fault; `point` is null for a fault that leaves no choice. */
const faultRow = z.object({
  fault: name,
  summary: text,
  guard: text.nullable(),
  point: z.enum(points).nullable(),
  /** The answer that is expected at this point. */
  expected: text.nullable(),
  run: batchRun,
});
export type FaultRow = Readonly<z.infer<typeof faultRow>>;

/** The run of a strategy without a guard, and of the whole one under the same fault and parameters. */
const ablationRow = z.object({
  ablation: name,
  guard: text,
  defendsAgainst: text,
  /** What both runs met; null: only the herd. */
  fault: name.nullable(),
  /** The checks of which at least one fails without the guard. */
  mustFail: listOf(text),
  without: batchRun,
  full: batchRun,
});
export type AblationRow = Readonly<z.infer<typeof ablationRow>>;

/** What became of a lease whose holder met a fault. */
const released = z.object({
  /** From the fault until somebody else was granted the lease; null: not in time. */
  afterMs: amount.nullable(),
  /** The holder's, and that of whoever was granted the lease beside it. */
  recomputes: count,
  /** What became of the holder's write, where it lived to make one and somebody else had been granted the lease. */
  lateWrite: text.nullable(),
});
export type Released = Readonly<z.infer<typeof released>>;

const leaseRow = z.object({
  name: text,
  /** A fault that is missing is one that this kind of lease cannot have. */
  faults: z.partialRecord(z.enum(LEASE_FAULTS), released),
  /** Of two callers at once in one process, how many were granted the lease. */
  grantedOfTwo: count,
  acquireMs: amount,
  releaseMs: amount,
});
export type LeaseRow = Readonly<z.infer<typeof leaseRow>>;

const head = {
  schema: z.literal(1),
  /** The folder's name. */
  batch: name,
  /** What repeats it, as it is typed. */
  command: z.string().regex(/^make [^\p{Cc}]{1,4000}$/u),
  /** How many rows it sets out to have. With fewer, it was ended early. */
  planned: count,
  host: z.object({ cpus: count, node: text }),
};

/** `batch.json`, schema 1: what the runs of one command showed together. */
export const batchSchema = z.discriminatedUnion('kind', [
  z.object({
    ...head,
    kind: z.literal('compare'),
    settings: settingsSchema,
    rows: listOf(comparisonRow, MOST_DRAWN),
  }),
  z.object({
    ...{ ...head, kind: z.literal('faults') },
    /** What a user's own service promises. Older batches do not have it. */
    claim: text.nullable().default(null),
    rows: listOf(faultRow),
  }),
  z.object({ ...head, kind: z.literal('ablate'), rows: listOf(ablationRow) }),
  z.object({
    ...head,
    kind: z.literal('leases'),
    leaseMs: count,
    neverMs: count.min(1),
    rows: listOf(leaseRow, MOST_DRAWN),
  }),
]);

export type Batch = Readonly<z.infer<typeof batchSchema>>;
export type BatchKind = Batch['kind'];
export type BatchOf<K extends BatchKind> = Extract<Batch, { readonly kind: K }>;
