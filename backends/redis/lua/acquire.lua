-- Grants the lease of a key and mints its fence, unless the value is fresh, somebody holds the lease, or the fleet backs
-- off from the origin.
-- KEYS[1] entry, KEYS[2] lease, KEYS[3] fence, KEYS[4] failure
-- ARGV[1] token, ARGV[2] lease in ms, ARGV[3] how long the fence is kept in ms, at least,
-- ARGV[4] the version that the caller wants to replace, '' for none
-- Returns {'granted', fence, seconds, microseconds, newest version ever committed}
--      or {'held', newest fence, ms left}
--      or {'fresh', ttl in ms, fields as in read.lua}
--      or {'backing-off', ms left, failures in a row, ttl in ms, fields as in read.lua}

-- include drop_foreign
-- include entry_fields
-- include is_fresh
-- include back_off_left
-- include newest_fields
-- include store_clock
-- include mint_fence

local entry_key, lease_key, fence_key, failure_key = unpack(KEYS)
local token, lease_ms, fence_kept_ms, seen_version = unpack(ARGV)

drop_foreign(entry_key, fence_key, failure_key)

local ttl_ms, fields = entry_fields(entry_key)
if is_fresh(ttl_ms, fields, seen_version) then
  return {'fresh', ttl_ms, unpack(fields)}
end

local previous_fence, newest_version = newest_fields(fence_key)
local lease_left_ms = redis.call('PTTL', lease_key)
if lease_left_ms ~= -2 then
  return {'held', previous_fence, lease_left_ms}
end

local wait_ms, failures = back_off_left(failure_key)
if wait_ms > 0 then
  return {'backing-off', wait_ms, failures, ttl_ms, unpack(fields)}
end

local now, now_ms = store_clock()
local fence = mint_fence(fence_key, previous_fence, now_ms, fence_kept_ms)
redis.call('SET', lease_key, token, 'PX', lease_ms)
return {'granted', fence, now[1], now[2], newest_version}
