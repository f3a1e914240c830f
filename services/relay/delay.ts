import { z } from 'zod';

/** Longer than any run waits. */
const MAX_DELAY_MS = 60_000;

export const delaySchema = z.strictObject({
  ms: z.number().min(0).max(MAX_DELAY_MS),
  /** How much more or less it is each time, at random. */
  jitterMs: z.number().min(0).max(MAX_DELAY_MS).default(0),
});

/** How much later bytes arrive. They stay in order, so what comes soon after a late piece is late with it. */
export type Delay = Readonly<z.infer<typeof delaySchema>>;

/** What a connection carries: commands with their replies, or the messages of its subscriptions. */
export const trafficSchema = z.enum(['commands', 'messages']);
export type Traffic = z.infer<typeof trafficSchema>;

/** Draws how much later some bytes arrive. `random` is uniform in [0, 1). */
export const drawMs = ({ ms, jitterMs }: Delay, random: () => number): number =>
  Math.max(0, ms + (2 * random() - 1) * jitterMs);

export const longestMs = ({ ms, jitterMs }: Delay): number => ms + jitterMs;

/** The delays of a way to Redis, by what a connection carries. */
export type Delays = Readonly<Record<Traffic, Delay>>;

export const NO_DELAYS: Delays = { commands: { ms: 0, jitterMs: 0 }, messages: { ms: 0, jitterMs: 0 } };
