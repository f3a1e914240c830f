import type { StoreMs, WallMs } from '../strategies/contract/index.ts';

/**
 * Converts the store's clock to the processes' wall clock. They meet in this file only. A run records no offset: all
 * processes run on one machine and read one clock, and {@link CLOCK_SLACK_MS} covers the difference of two readings.
 */
export const wallOf = (storeMs: StoreMs): WallMs => storeMs as number;

export const storeOf = (wallMs: WallMs): StoreMs => wallMs as number;

/** A smaller difference between two clocks of one machine means nothing. */
export const CLOCK_SLACK_MS = 5;
