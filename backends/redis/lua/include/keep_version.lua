-- Keeps a committed version beside the fence, unless a newer one was committed before.
local function keep_version(fence_key, version)
  local newest = redis.call('HGET', fence_key, 'version') or '0'
  if tonumber(version) > tonumber(newest) then
    redis.call('HSET', fence_key, 'version', version)
  end
end
