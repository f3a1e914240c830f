-- Writes a value without a lease: always, or only if it is newer than the one stored and no fence was minted since.
-- KEYS[1] entry, KEYS[2] fence
-- ARGV[1] newest fence the writer has seen ('': write always), ARGV[2] ttl in ms, ARGV[3] grace in ms,
-- ARGV[4] value, ARGV[5] version, ARGV[6] computedAt, ARGV[7] recomputeMs
-- Returns {1 or 0, seconds, microseconds}
local now = redis.call('TIME')
if ARGV[1] ~= '' then
  local stored = redis.call('HGET', KEYS[1], 'version')
  local minted = redis.call('GET', KEYS[2]) or '0'
  if minted ~= ARGV[1] or (stored and tonumber(stored) >= tonumber(ARGV[5])) then
    return {0, now[1], now[2]}
  end
end
redis.call('HSET', KEYS[1], 'value', ARGV[4], 'version', ARGV[5], 'computedAt', ARGV[6], 'recomputeMs', ARGV[7],
  'fence', '0', 'graceMs', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2] + ARGV[3])
return {1, now[1], now[2]}
