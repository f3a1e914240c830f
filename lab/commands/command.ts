/** A command: takes what was typed after its name, gives the exit status. */
export type Command = (typed: readonly string[], signal: AbortSignal) => Promise<number>;
