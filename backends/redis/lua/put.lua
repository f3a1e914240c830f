-- Writes a value without a lease: always, or only while the fence that the writer saw is still the newest. The latter
-- mints the next one, so of several writers who saw the same, the first wins and the others are refused.
-- KEYS[1] entry, KEYS[2] fence
-- ARGV[1] the fence the writer saw ('': write always), ARGV[2] how long the fence is kept in ms, ARGV[3] ttl in ms,
-- ARGV[4] grace in ms, ARGV[5] value, ARGV[6] version, ARGV[7] computedAt, ARGV[8] recomputeMs
-- Returns {1 or 0, seconds, microseconds, fence of the entry}
local now = redis.call('TIME')
local fence = '0'
if ARGV[1] ~= '' then
  local newest = redis.call('GET', KEYS[2]) or '0'
  if newest ~= ARGV[1] then
    return {0, now[1], now[2], newest}
  end
  local ms = now[1] * 1000 + math.floor(now[2] / 1000)
  fence = string.format('%.0f', math.max(tonumber(newest) + 1, ms))
  redis.call('SET', KEYS[2], fence, 'PX', ARGV[2])
end
redis.call('HSET', KEYS[1], 'value', ARGV[5], 'version', ARGV[6], 'computedAt', ARGV[7], 'recomputeMs', ARGV[8],
  'fence', fence, 'graceMs', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3] + ARGV[4])
return {1, now[1], now[2], fence}
