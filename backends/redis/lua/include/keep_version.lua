-- Keeps a committed version beside the fence, unless a newer one was committed before.
local function keep_version(fence_key, version)
  local newest = tonumber(redis.call('HGET', fence_key, 'version') or '') or 0
  if tonumber(version) > newest then
    redis.call('HSET', fence_key, 'version', version)
  end
end
