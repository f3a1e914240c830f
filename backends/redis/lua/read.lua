-- Looks at a key: its entry, the time it has left, the newest fence and the newest version ever committed, all at one
-- instant of Redis's clock. If no fence is known, it mints one, so that whoever writes under what it saw is refused once the
-- store has lost its memory again. If the store refuses writes, the look goes on without: fence '0', under which no write is
-- accepted.
-- KEYS[1] entry, KEYS[2] fence
-- ARGV[1] how long a minted fence is kept in ms, at least
-- Returns {seconds, microseconds, newest fence, newest version,
--          ttl in ms, value, version, computedAt, recomputeMs, fence, graceMs};
-- the ttl is -2 and the fields are false when there is no entry; it is -3 when the key is no hash.

-- include drop_foreign
-- include store_clock
-- include entry_fields
-- include newest_fields
-- include mint_fence

local entry_key, fence_key = unpack(KEYS)
local fence_kept_ms = ARGV[1]

local now, now_ms = store_clock()
local ttl_ms, fields = entry_fields(entry_key)
local newest_fence, newest_version = newest_fields(fence_key)
if newest_fence == '0' then
  pcall(function()
    drop_foreign(fence_key)
    newest_fence = mint_fence(fence_key, newest_fence, now_ms, fence_kept_ms)
  end)
end
return {now[1], now[2], newest_fence, newest_version, ttl_ms, unpack(fields)}
