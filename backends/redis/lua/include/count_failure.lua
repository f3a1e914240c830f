-- Counts a failed recompute: nobody asks the origin for back_off_ms, and the count lasts remember_ms longer.
local function count_failure(failure_key, back_off_ms, remember_ms)
  local failures = tonumber(redis.call('HGET', failure_key, 'failures') or '') or 0
  redis.call('HSET', failure_key, 'failures', failures + 1)
  redis.call('HSET', failure_key, 'rememberMs', remember_ms)
  redis.call('PEXPIRE', failure_key, back_off_ms + remember_ms)
end
