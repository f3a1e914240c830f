-- Looks at a key: its entry, the time it has left, the newest fence and the newest version ever committed, all at one
-- instant of Redis's clock.
-- KEYS[1] entry, KEYS[2] fence
-- Returns {seconds, microseconds, newest fence, newest version,
--          ttl in ms, value, version, computedAt, recomputeMs, fence, graceMs};
-- the ttl is -2 and the fields are false when there is no entry; it is -3 when the key is no hash.

-- include store_clock
-- include entry_fields
-- include newest_fields

local entry_key, fence_key = unpack(KEYS)

local now = store_clock()
local ttl_ms, fields = entry_fields(entry_key)
local newest_fence, newest_version = newest_fields(fence_key)
return {now[1], now[2], newest_fence, newest_version, ttl_ms, unpack(fields)}
