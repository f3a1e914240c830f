-- Starts the term of a lease anew if it is still the caller's.
-- KEYS[1] lease
-- ARGV[1] token, ARGV[2] lease in ms
-- Returns 1, or 0 when it is somebody else's or nobody's.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
