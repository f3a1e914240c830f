-- Grants the lease of a key and mints its fence, unless there is nothing to do, somebody holds it, or the origin is
-- being left alone. The fence is max(previous + 1, Redis time in ms): it rises even after a failover lost the counter.
-- KEYS[1] entry, KEYS[2] lease, KEYS[3] fence, KEYS[4] failure
-- ARGV[1] token, ARGV[2] lease in ms, ARGV[3] how long the fence is kept in ms,
-- ARGV[4] the version the caller wants to replace, '' when it has none
-- Returns {'granted', fence, seconds, microseconds}
--      or {'held', newest fence, ms left}
--      or {'fresh', ttl in ms, fields as in read.lua}
--      or {'backing-off', ms left, failures in a row, ttl in ms, fields as in read.lua}
local fields = redis.call('HMGET', KEYS[1], 'value', 'version', 'computedAt', 'recomputeMs', 'fence', 'graceMs')
local ttl = redis.call('PTTL', KEYS[1])
if fields[1] and ttl - tonumber(fields[6]) > 0 and (ARGV[4] == '' or tonumber(fields[2]) > tonumber(ARGV[4])) then
  return {'fresh', ttl, unpack(fields)}
end

local previous = redis.call('GET', KEYS[3]) or '0'
local left = redis.call('PTTL', KEYS[2])
if left ~= -2 then
  return {'held', previous, left}
end

local failure = redis.call('HMGET', KEYS[4], 'failures', 'rememberMs')
if failure[1] then
  local wait = redis.call('PTTL', KEYS[4]) - tonumber(failure[2])
  if wait > 0 then
    return {'backing-off', wait, failure[1], ttl, unpack(fields)}
  end
end

local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local fence = string.format('%.0f', math.max(tonumber(previous) + 1, ms))
redis.call('SET', KEYS[3], fence, 'PX', ARGV[3])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {'granted', fence, now[1], now[2]}
