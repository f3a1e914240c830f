-- Looks whether there is something to do for a key whose lease is granted elsewhere, and mints the fence of a grant: by
-- the rule of acquire.lua, and in one step with the look, so that a fill that came before the mutex is not made again.
-- KEYS[1] entry, KEYS[2] fence, KEYS[3] failure
-- ARGV[1] how long the fence is kept in ms, '' only looks, ARGV[2] the version the caller wants to replace, '' for none
-- Returns {'due', newest fence} (only looked)
--      or {'granted', fence, seconds, microseconds}
--      or {'fresh', ttl in ms, fields as in read.lua}
--      or {'backing-off', ms left, failures in a row, ttl in ms, fields as in read.lua}
local fields = redis.call('HMGET', KEYS[1], 'value', 'version', 'computedAt', 'recomputeMs', 'fence', 'graceMs')
local ttl = redis.call('PTTL', KEYS[1])
if fields[1] and ttl - tonumber(fields[6]) > 0 and (ARGV[2] == '' or tonumber(fields[2]) > tonumber(ARGV[2])) then
  return {'fresh', ttl, unpack(fields)}
end

local failure = redis.call('HMGET', KEYS[3], 'failures', 'rememberMs')
if failure[1] then
  local wait = redis.call('PTTL', KEYS[3]) - tonumber(failure[2])
  if wait > 0 then
    return {'backing-off', wait, failure[1], ttl, unpack(fields)}
  end
end

local previous = redis.call('GET', KEYS[2]) or '0'
if ARGV[1] == '' then
  return {'due', previous}
end
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local fence = string.format('%.0f', math.max(tonumber(previous) + 1, ms))
redis.call('SET', KEYS[2], fence, 'PX', ARGV[1])
return {'granted', fence, now[1], now[2]}
