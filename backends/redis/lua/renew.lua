-- Restarts the term of a lease if it is still the caller's.
-- KEYS[1] lease
-- ARGV[1] token, ARGV[2] lease in ms
-- Returns 1, or 0 when it is somebody else's or nobody's.

local lease_key = KEYS[1]
local token, lease_ms = unpack(ARGV)

if redis.call('GET', lease_key) ~= token then
  return 0
end
return redis.call('PEXPIRE', lease_key, lease_ms)
