import type { Invocation } from '../parameters/values.ts';

/** A command: takes its parameters and gives the exit status. */
export type Command = (invocation: Invocation, signal: AbortSignal) => Promise<number>;
