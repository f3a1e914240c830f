/** Hears of every process that starts and ends, so that a crash leaves none behind. A negative number names a group. */
export interface Guard {
  started(pid: number): void;
  ended(pid: number): void;
}
