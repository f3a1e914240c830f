-- The newest fence minted for a key.
-- KEYS[1] fence
-- Returns it, or '0' when none is known.

local fence_key = unpack(KEYS)

return redis.call('HGET', fence_key, 'fence') or '0'
