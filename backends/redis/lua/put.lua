-- Writes a value without a lease: always, or only while the fence that the writer saw is the newest. The latter mints the
-- next fence, so of several writers who saw the same, the first wins and the others are refused. A writer who saw none ('0')
-- is refused. The fence and the version beside it outlive the entry.
-- KEYS[1] entry, KEYS[2] fence
-- ARGV[1] the fence the writer saw ('': write always), ARGV[2] how long the fence outlives the entry in ms,
-- ARGV[3] ttl in ms, ARGV[4] grace in ms, ARGV[5] value, ARGV[6] version, ARGV[7] computedAt, ARGV[8] recomputeMs
-- Returns {1, seconds, microseconds, fence of the entry}
--      or {0, seconds, microseconds, newest fence} when it refuses

-- include drop_foreign
-- include store_clock
-- include newest_fields
-- include keep_fence
-- include mint_fence
-- include write_entry
-- include keep_version

local entry_key, fence_key = unpack(KEYS)
local seen_fence, margin_ms, ttl_ms, grace_ms, value, version, computed_at, recompute_ms = unpack(ARGV)

drop_foreign(entry_key, fence_key)

local now, now_ms = store_clock()
local fence_kept_ms = ttl_ms + grace_ms + margin_ms
local fence = '0'
if seen_fence ~= '' then
  local newest_fence = newest_fields(fence_key)
  if seen_fence == '0' or newest_fence ~= seen_fence then
    return {0, now[1], now[2], newest_fence}
  end
  fence = mint_fence(fence_key, newest_fence, now_ms, fence_kept_ms)
end
write_entry(entry_key, {
  value = value, version = version, computedAt = computed_at, recomputeMs = recompute_ms, fence = fence,
  ttlMs = ttl_ms, graceMs = grace_ms,
})
keep_version(fence_key, version)
-- A write that mints no fence must keep its version as long.
keep_fence(fence_key, fence_kept_ms)
return {1, now[1], now[2], fence}
