-- Ends a lease, whoever holds it, and wakes the waiters to look for themselves.
local function end_lease(lease_key, channel)
  redis.call('DEL', lease_key)
  redis.call('PUBLISH', channel, '{"released":true}')
end
