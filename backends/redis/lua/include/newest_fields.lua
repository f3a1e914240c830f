-- Returns the newest fence minted for a key and the newest version ever committed; '0' for each that is not known. Both lie
-- in one hash, so they are kept and forgotten together. An invalidation deletes neither.
local function newest_fields(fence_key)
  local fence, version = unpack(redis.call('HMGET', fence_key, 'fence', 'version'))
  return fence or '0', version or '0'
end
