-- Counts a failed recompute and leaves the key alone for a while, if no newer grant or invalidation has been since.
-- KEYS[1] fence, KEYS[2] failure
-- ARGV[1] the fence of the grant, ARGV[2] back-off in ms, ARGV[3] how long failures are remembered in ms
-- Returns 1, or 0 when the grant was no longer the newest.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('HINCRBY', KEYS[2], 'failures', 1)
redis.call('HSET', KEYS[2], 'rememberMs', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[2] + ARGV[3])
return 1
