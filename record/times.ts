/** The two kinds of times in a record. */
export type { StoreMs, WallMs } from '../strategies/contract/index.ts';
