-- Keeps the fence and the version beside it for kept_ms from now, or longer if that was said before: a process with a longer
-- TTL may have written the entry. A key without an expiry was written just now. (PEXPIRE GT would not give it one.)
local function keep_fence(fence_key, kept_ms)
  if redis.call('PTTL', fence_key) < tonumber(kept_ms) then
    redis.call('PEXPIRE', fence_key, kept_ms)
  end
end
