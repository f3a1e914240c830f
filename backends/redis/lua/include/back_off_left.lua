-- Returns the rest of the back-off in ms, and the failures in a row that caused it. At 0 or below, the origin may be
-- asked. A key that lacks either says nothing. The key lasts rememberMs longer than the back-off, so that part of its TTL does not count.
local function back_off_left(failure_key)
  local failures, remember_ms = unpack(redis.call('HMGET', failure_key, 'failures', 'rememberMs'))
  if not tonumber(failures or '') or not tonumber(remember_ms or '') then
    return 0
  end
  return redis.call('PTTL', failure_key) - tonumber(remember_ms), failures
end
