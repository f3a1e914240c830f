-- Ends a lease if it is still the caller's, and wakes the waiters. After a failure it also starts a back-off.
-- KEYS[1] lease, KEYS[2] failure
-- ARGV[1] token, ARGV[2] channel, ARGV[3] back-off in ms ('0': no failure), ARGV[4] how long failures are remembered in ms
-- Returns 1, or 0 when the lease was not the caller's.

-- include count_failure
-- include end_lease

local lease_key, failure_key = unpack(KEYS)
local token, channel, back_off_ms, remember_ms = unpack(ARGV)

local is_ours = redis.call('GET', lease_key) == token
if not is_ours then
  return 0
end
if back_off_ms ~= '0' then
  count_failure(failure_key, back_off_ms, remember_ms)
end
end_lease(lease_key, channel)
return 1
