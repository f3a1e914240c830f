import type { TimeToEnd } from '../interruption.ts';
import type { Invocation } from '../parameters/values.ts';

/** A command: takes its parameters and gives the exit status. After an interruption it has 1.5 s unless it asks for more. */
export type Command = (invocation: Invocation, signal: AbortSignal, mayTake: TimeToEnd) => Promise<number>;
