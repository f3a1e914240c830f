-- Tells whether an entry, as entry_fields reads it, makes a recompute needless: its soft TTL has not passed, and it is
-- newer than the version that the caller wants to replace ('' for none). An entry with fields missing does not.
local function is_fresh(ttl_ms, fields, seen_version)
  local value, version, grace_ms = fields[1], tonumber(fields[2] or ''), tonumber(fields[6] or '')
  if not value or not version or not grace_ms or ttl_ms - grace_ms <= 0 then
    return false
  end
  return seen_version == '' or version > tonumber(seen_version)
end
