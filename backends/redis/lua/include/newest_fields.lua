-- Returns the newest fence minted for a key and the newest version ever committed; '0' for each that is not known. Both lie
-- in one hash, so they are kept and forgotten together. An invalidation deletes neither. What is no hash, or no number, says nothing.
local function newest_fields(fence_key)
  local fields = redis.pcall('HMGET', fence_key, 'fence', 'version')
  if fields.err then
    return '0', '0'
  end
  local fence, version = unpack(fields)
  return tonumber(fence or '') and fence or '0', tonumber(version or '') and version or '0'
end
