-- Writes an entry, which lasts for its TTL plus its grace. `made` has value, version, computedAt, recomputeMs, fence,
-- ttlMs and graceMs.
local function write_entry(entry_key, made)
  redis.call('HSET', entry_key, 'value', made.value, 'version', made.version, 'computedAt', made.computedAt,
    'recomputeMs', made.recomputeMs, 'fence', made.fence, 'graceMs', made.graceMs)
  redis.call('PEXPIRE', entry_key, made.ttlMs + made.graceMs)
end
