/**
 * Names what Redis holds for one cached key. `fence` is a hash of the newest fence and the newest version ever committed. All
 * names share a hash tag, so one node of a Redis Cluster holds them all.
 */
export const keysOf = (key: string) => ({
  entry: `{${key}}:entry`,
  lease: `{${key}}:lease`,
  fence: `{${key}}:fence`,
  failure: `{${key}}:failure`,
  channel: `{${key}}:filled`,
});

/** The sorted set of all keys in demand. */
export const DEMAND = '{demand}:keys';

/** The message on a key's channel when the lease ended without a value. */
export const RELEASED = '{"released":true}';
