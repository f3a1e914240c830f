-- How long the origin must be left alone in ms, and the failures in a row that are the reason. At 0 or below, it may be
-- asked. The failures are remembered for rememberMs after the back-off, so that much of their TTL does not count.
local function back_off_left(failure_key)
  local failures, remember_ms = unpack(redis.call('HMGET', failure_key, 'failures', 'rememberMs'))
  if not failures then
    return 0
  end
  return redis.call('PTTL', failure_key) - tonumber(remember_ms), failures
end
