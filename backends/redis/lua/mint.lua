-- Mints the fence of a lease that another system grants, unless there is nothing to do. It looks and mints in one step, so
-- that the new holder does not repeat a fill that ended just before.
-- KEYS[1] entry, KEYS[2] fence, KEYS[3] failure
-- ARGV[1] how long the fence is kept in ms, at least ('': only look),
-- ARGV[2] the version that the caller wants to replace, '' for none
-- Returns {'due', newest fence} (only looked)
--      or {'granted', fence, seconds, microseconds, newest version ever committed}
--      or {'fresh', ttl in ms, fields as in read.lua}
--      or {'backing-off', ms left, failures in a row, ttl in ms, fields as in read.lua}

-- include drop_foreign
-- include entry_fields
-- include is_fresh
-- include back_off_left
-- include newest_fields
-- include store_clock
-- include mint_fence

local entry_key, fence_key, failure_key = unpack(KEYS)
local fence_kept_ms, seen_version = unpack(ARGV)

drop_foreign(entry_key, fence_key, failure_key)

local ttl_ms, fields = entry_fields(entry_key)
if is_fresh(ttl_ms, fields, seen_version) then
  return {'fresh', ttl_ms, unpack(fields)}
end

local wait_ms, failures = back_off_left(failure_key)
if wait_ms > 0 then
  return {'backing-off', wait_ms, failures, ttl_ms, unpack(fields)}
end

local previous_fence, newest_version = newest_fields(fence_key)
if fence_kept_ms == '' then
  return {'due', previous_fence}
end

local now, now_ms = store_clock()
local fence = mint_fence(fence_key, previous_fence, now_ms, fence_kept_ms)
return {'granted', fence, now[1], now[2], newest_version}
