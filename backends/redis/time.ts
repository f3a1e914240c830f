import type { StoreMs } from '../../strategies/contract/index.ts';

/** Converts Redis TIME (seconds, microseconds) to ms. */
export const storeMsFrom = (
  seconds: string | number | null | undefined,
  microseconds: string | number | null | undefined,
): StoreMs => Number(seconds) * 1000 + Number(microseconds) / 1000;
