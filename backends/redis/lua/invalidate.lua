-- Forgets a value, its lease and its failures, and mints a fence, so that every fill begun before is refused.
-- KEYS[1] entry, KEYS[2] lease, KEYS[3] fence, KEYS[4] failure
-- ARGV[1] how long the fence is kept in ms, ARGV[2] channel
-- Returns {fence, seconds, microseconds}
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local fence = string.format('%.0f', math.max(tonumber(redis.call('GET', KEYS[3]) or '0') + 1, ms))
redis.call('DEL', KEYS[1], KEYS[2], KEYS[4])
redis.call('SET', KEYS[3], fence, 'PX', ARGV[1])
redis.call('PUBLISH', ARGV[2], '{"released":true}')
return {fence, now[1], now[2]}
