-- Tells whether an entry, as entry_fields reads it, makes a recompute needless: its soft TTL has not passed, and it is
-- newer than the version that the caller wants to replace ('' for none).
local function is_fresh(ttl_ms, fields, seen_version)
  local value, version, grace_ms = fields[1], fields[2], fields[6]
  if not value or ttl_ms - tonumber(grace_ms) <= 0 then
    return false
  end
  return seen_version == '' or tonumber(version) > tonumber(seen_version)
end
