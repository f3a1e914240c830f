-- include keep_fence

-- Mints the next fence of a key, keeps it and the version beside it for at least kept_ms, and returns it: max(previous + 1,
-- store time in ms). It rises even when a failover lost the previous one.
local function mint_fence(fence_key, previous, now_ms, kept_ms)
  local fence = string.format('%.0f', math.max(tonumber(previous) + 1, now_ms))
  redis.call('HSET', fence_key, 'fence', fence)
  keep_fence(fence_key, kept_ms)
  return fence
end
