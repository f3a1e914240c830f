/** Names what Redis holds of one cached key. All of it shares a hash tag, so that it lives on one node of a Redis Cluster. */
export const keysOf = (key: string) => ({
  entry: `{${key}}:entry`,
  lease: `{${key}}:lease`,
  fence: `{${key}}:fence`,
  failure: `{${key}}:failure`,
  channel: `{${key}}:filled`,
});

/** The sorted set of the keys in demand: one for all keys, so that nobody has to search for them. */
export const DEMAND = '{demand}:keys';

/** What a message on a key's channel says when the lease ended without a value. */
export const RELEASED = '{"released":true}';
