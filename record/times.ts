/** The two kinds of moments in a record. */
export type { StoreMs, WallMs } from '../strategies/contract/index.ts';
