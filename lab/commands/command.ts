import type { Asked } from '../parameters/values.ts';

/** A command: takes what was asked of it, gives the exit status. */
export type Command = (asked: Asked, signal: AbortSignal) => Promise<number>;
