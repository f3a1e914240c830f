-- Writes a value while the writer's fence is the newest minted for the key, ends its lease, wakes the waiters with the
-- value. Not equal, or unknown, is refused: a newer grant, an invalidation, or a store that lost its memory. Two
-- primaries may mint the same fence in the same millisecond: so it is good for one write, and for its holder's only.
-- KEYS[1] entry, KEYS[2] lease, KEYS[3] fence, KEYS[4] failure
-- ARGV[1] token, ARGV[2] fence, ARGV[3] channel, ARGV[4] ttl in ms, ARGV[5] grace in ms,
-- ARGV[6] value, ARGV[7] version, ARGV[8] computedAt, ARGV[9] recomputeMs
-- Returns {1 or 0, seconds, microseconds, newest fence}
local now = redis.call('TIME')
local holder = redis.call('GET', KEYS[2])
local ours = holder == ARGV[1]
if ours then
  redis.call('DEL', KEYS[2])
end
local newest = redis.call('GET', KEYS[3])
local used = redis.call('HGET', KEYS[1], 'fence') == ARGV[2]
if newest ~= ARGV[2] or used or (holder and not ours) then
  if ours then
    redis.call('PUBLISH', ARGV[3], '{"released":true}')
  end
  return {0, now[1], now[2], newest or '0'}
end
redis.call('HSET', KEYS[1], 'value', ARGV[6], 'version', ARGV[7], 'computedAt', ARGV[8], 'recomputeMs', ARGV[9],
  'fence', ARGV[2], 'graceMs', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[4] + ARGV[5])
redis.call('DEL', KEYS[4])
redis.call('PUBLISH', ARGV[3], cjson.encode({
  value = ARGV[6], version = ARGV[7], computedAt = ARGV[8], recomputeMs = ARGV[9], fence = ARGV[2],
  ttlMs = ARGV[4], graceMs = ARGV[5], at = { now[1], now[2] },
}))
return {1, now[1], now[2], newest}
