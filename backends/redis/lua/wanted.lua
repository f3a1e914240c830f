-- Lists the keys in demand.
-- KEYS[1] demand, as in note.lua
-- Returns their names.

-- include store_clock

local demand_key = KEYS[1]

local _, now_ms = store_clock()
return redis.call('ZRANGEBYSCORE', demand_key, string.format('(%.0f', now_ms), '+inf')
