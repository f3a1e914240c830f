-- Returns the time that an entry has left in ms, and its fields as an array:
-- {value, version, computedAt, recomputeMs, fence, graceMs}. Without an entry the time is -2 and each field is false. The
-- time of a key that is no hash is -3: no script here wrote it.
local function entry_fields(entry_key)
  local fields = redis.pcall('HMGET', entry_key, 'value', 'version', 'computedAt', 'recomputeMs', 'fence', 'graceMs')
  if fields.err then
    return -3, {false, false, false, false, false, false}
  end
  return redis.call('PTTL', entry_key), fields
end
