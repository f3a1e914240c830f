-- Writes a value while the writer's fence is the newest minted for the key, ends its lease, and wakes the waiters with
-- the value, or if it is large, with its fence only. The write mints the next fence, so a fence allows one write: whoever saw
-- this fence before is refused, and so is the same commit sent again. The fence and the version beside it outlive the entry. It
-- refuses for one of two reasons:
--   'fence-not-newest'  a grant, an invalidation or a write minted a newer fence, or the store has forgotten this one
--   'held-by-another'   somebody else holds the lease, under the same fence: two primaries may mint the same one in the same
--                       millisecond
-- Whether it refuses or not, it ends the writer's own lease.
-- KEYS[1] entry, KEYS[2] lease, KEYS[3] fence, KEYS[4] failure
-- ARGV[1] token, ARGV[2] fence, ARGV[3] channel, ARGV[4] ttl in ms, ARGV[5] grace in ms,
-- ARGV[6] value, ARGV[7] version, ARGV[8] computedAt, ARGV[9] recomputeMs,
-- ARGV[10] how long the fence outlives the entry in ms
-- Returns {1, seconds, microseconds, fence of the entry}
--      or {0, seconds, microseconds, newest fence, refusal}

-- include drop_foreign
-- include store_clock
-- include end_lease
-- include write_entry
-- include keep_version
-- include mint_fence

-- The largest value that travels in a wake-up, in bytes. Redis copies a message for each subscriber, also for those who do
-- not wait, and ends a connection with 8 MB of messages unread (client-output-buffer-limit pubsub).
local LARGEST_IN_WAKE_UP = 4096

local entry_key, lease_key, fence_key, failure_key = unpack(KEYS)
local token, fence, channel, ttl_ms, grace_ms, value, version, computed_at, recompute_ms, margin_ms = unpack(ARGV)

drop_foreign(entry_key, fence_key, failure_key)

local now, now_ms = store_clock()
local newest_fence = redis.call('HGET', fence_key, 'fence')
local holder = redis.call('GET', lease_key)
local is_ours = holder == token

local refusal
if newest_fence ~= fence then
  refusal = 'fence-not-newest'
elseif holder and not is_ours then
  refusal = 'held-by-another'
end

if refusal then
  if is_ours then
    end_lease(lease_key, channel)
  end
  return {0, now[1], now[2], newest_fence or '0', refusal}
end

local made = {
  value = value, version = version, computedAt = computed_at, recomputeMs = recompute_ms, fence = fence,
  ttlMs = ttl_ms, graceMs = grace_ms,
}
write_entry(entry_key, made)
keep_version(fence_key, version)
mint_fence(fence_key, fence, now_ms, ttl_ms + grace_ms + margin_ms)
redis.call('DEL', lease_key, failure_key)
local wake_up = #value <= LARGEST_IN_WAKE_UP and made or {fence = fence}
wake_up.at = {now[1], now[2]}
redis.call('PUBLISH', channel, cjson.encode(wake_up))
return {1, now[1], now[2], fence}
