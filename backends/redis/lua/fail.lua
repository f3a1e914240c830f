-- Counts a failed recompute and starts a back-off, unless there has been a newer grant or invalidation.
-- KEYS[1] fence, KEYS[2] failure
-- ARGV[1] the fence of the grant, ARGV[2] back-off in ms, ARGV[3] how long failures are remembered in ms
-- Returns 1, or 0 when the grant was no longer the newest.

-- include count_failure

local fence_key, failure_key = unpack(KEYS)
local fence, back_off_ms, remember_ms = unpack(ARGV)

if redis.call('HGET', fence_key, 'fence') ~= fence then
  return 0
end
count_failure(failure_key, back_off_ms, remember_ms)
return 1
