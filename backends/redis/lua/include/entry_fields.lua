-- Returns the time that an entry has left in ms, and its fields as an array:
-- {value, version, computedAt, recomputeMs, fence, graceMs}. Without an entry the time is -2 and each field is false.
local function entry_fields(entry_key)
  local fields = redis.call('HMGET', entry_key, 'value', 'version', 'computedAt', 'recomputeMs', 'fence', 'graceMs')
  return redis.call('PTTL', entry_key), fields
end
