import { z } from 'zod';
import { settingsSchema } from './settings-schema.ts';

/** The format of a run's folder. */
export const FORMAT = 2;

/** The herd records its longest stalls, and no more of them. */
export const MOST_STALLS = 1000;

const name = z.string().regex(/^[\w.-]{1,128}$/);
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const amount = z.number().nonnegative().max(1e15);

/** `run.json`, which is written before anything starts. */
export const runStartSchema = z.object({
  format: z.literal(FORMAT),
  /** The folder's name. */
  run: name,
  /** Wall time in ms. */
  startedAt: amount,
  /** Tells the members of this run from those of any other. */
  token: name,
  runtime: z.enum(['local', 'compose']),
  settings: settingsSchema,
  /** What the run is judged by under these settings, in numbers. Null: no bound. */
  claim: z.object({
    recomputesPerExpiry: z.object({
      mean: z.tuple([amount, amount.nullable()]),
      max: amount.nullable(),
      deviation: amount.nullable(),
    }),
    maxStaleMs: amount.nullable(),
    /** Older runs do not have it. */
    olderMs: amount.optional(),
    monotonic: z.boolean(),
    fenced: z.boolean(),
    waits: z.enum(['everyone', 'winner', 'nobody']),
    early: z.boolean(),
  }),
  members: z.array(z.object({ name, role: name })).max(1000),
});

export type RunStart = z.infer<typeof runStartSchema>;

/** What a file held when the run was over, and why it may lack something. */
const fileSealSchema = z.object({
  lines: count,
  /** SHA-256 of the whole lines, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Why its writer gave up. */
  broken: z.string().max(200).optional(),
});

export type FileSeal = z.infer<typeof fileSealSchema>;

/** `facts.json`, which is written last and seals the other files. */
export const runEndSchema = z.object({
  herd: z.object({
    scheduled: count,
    openedAt: amount,
    lastDueAt: amount,
    eventLoopDelayMs: z.object({ p99: amount, max: amount }),
    stalls: z
      .array(z.object({ at: amount, forMs: amount }))
      .max(MOST_STALLS)
      .readonly()
      .optional(),
  }),
  casualties: z.array(name).max(1000),
  host: z.object({ cpus: count, node: z.string().max(100), redis: z.string().max(100) }),
  redisCommands: count.nullable(),
  /** By the file's path within the folder. */
  files: z.record(z.string().regex(/^[\w./-]{1,256}$/), fileSealSchema),
});

export type RunEnd = z.infer<typeof runEndSchema>;
