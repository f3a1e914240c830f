-- Ends a lease if it is still the caller's and wakes the waiters. After a failure the key is left alone for a while,
-- and the failures in a row are remembered a while longer.
-- KEYS[1] lease, KEYS[2] failure
-- ARGV[1] token, ARGV[2] channel, ARGV[3] back-off in ms ('0': no failure), ARGV[4] how long failures are remembered in ms
-- Returns 1, or 0 when the lease was not the caller's.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
if ARGV[3] ~= '0' then
  redis.call('HINCRBY', KEYS[2], 'failures', 1)
  redis.call('HSET', KEYS[2], 'rememberMs', ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[3] + ARGV[4])
end
redis.call('PUBLISH', ARGV[2], '{"released":true}')
return 1
