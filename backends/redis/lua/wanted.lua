-- The keys in demand.
-- KEYS[1] demand, as in note.lua
-- Returns their names.
local now = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now[1] * 1000 + math.floor(now[2] / 1000)), '+inf')
