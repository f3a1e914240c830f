/** Told of every process that starts and ends, so that none is left behind by a crash. A group goes by its negative number. */
export interface Guard {
  started(pid: number): void;
  ended(pid: number): void;
}

/** Guards nothing, for a cluster that is meant to stay. */
export const noGuard: Guard = { started: () => {}, ended: () => {} };
