-- Deletes each key that is there and no hash, since no script here wrote it, and none could write it.
local function drop_foreign(...)
  for _, key in ipairs({...}) do
    local kind = redis.call('TYPE', key).ok
    if kind ~= 'hash' and kind ~= 'none' then
      redis.call('DEL', key)
    end
  end
end
