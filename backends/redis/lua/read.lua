-- Looks at a key: its entry, the time it has left, and the newest fence, all at one instant of Redis's clock.
-- KEYS[1] entry, KEYS[2] fence
-- Returns {seconds, microseconds, newest fence or false, ttl in ms, value, version, computedAt, recomputeMs, fence, graceMs};
-- the ttl is -2 and the fields are false when there is no entry.
local now = redis.call('TIME')
local fields = redis.call('HMGET', KEYS[1], 'value', 'version', 'computedAt', 'recomputeMs', 'fence', 'graceMs')
return {now[1], now[2], redis.call('GET', KEYS[2]), redis.call('PTTL', KEYS[1]), unpack(fields)}
