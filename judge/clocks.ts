import type { StoreMs, WallMs } from '../strategies/contract/index.ts';

/**
 * The one place where the store's clock and the processes' wall clock meet. A run records no offset between them: all run on
 * one machine and read one clock, and {@link CLOCK_SLACK_MS} covers what two readings of it may differ by.
 */
export const wallOf = (storeMs: StoreMs): WallMs => storeMs as number;

export const storeOf = (wallMs: WallMs): StoreMs => wallMs as number;

/** Differences below this between two clocks of one machine mean nothing. */
export const CLOCK_SLACK_MS = 5;
