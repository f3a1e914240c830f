/** What the Sentinels of both runtimes go by; compose/failover.yaml repeats it. */
export const SENTINELS = 3;
export const SENTINEL_PORT = 26379;
export const QUORUM = 2;
/** What they call the primary and its replicas. */
export const SERVICE_NAME = 'lab';
/** How long Sentinels go without an answer before they take a server for dead. */
export const DOWN_AFTER_MS = 1000;
/** A failover that found no replica fit is tried again after twice this. */
export const FAILOVER_TIMEOUT_MS = 3000;
/** Replicas acknowledge once a second; one that is this much behind does not count for `min-replicas-to-write`. */
export const MAX_LAG_SECONDS = 2;
