-- Forgets a value, its lease and its failures. Mints a fence, so that every fill that began before is refused. The newest
-- version ever committed stays known.
-- KEYS[1] entry, KEYS[2] lease, KEYS[3] fence, KEYS[4] failure
-- ARGV[1] how long the fence is kept in ms, at least, ARGV[2] channel
-- Returns {fence, seconds, microseconds}

-- include drop_foreign
-- include store_clock
-- include newest_fields
-- include mint_fence
-- include end_lease

local entry_key, lease_key, fence_key, failure_key = unpack(KEYS)
local fence_kept_ms, channel = unpack(ARGV)

drop_foreign(fence_key)

local now, now_ms = store_clock()
local previous_fence = newest_fields(fence_key)
local fence = mint_fence(fence_key, previous_fence, now_ms, fence_kept_ms)
redis.call('DEL', entry_key, failure_key)
end_lease(lease_key, channel)
return {fence, now[1], now[2]}
