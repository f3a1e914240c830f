-- Puts keys in demand, removes those whose demand has ended, and keeps as many as there may be: those noted last.
-- KEYS[1] demand: a sorted set of keys, each scored by when its demand ends, in ms of Redis's clock
-- ARGV[1] how long demand lasts in ms, ARGV[2] how many keys there may be, ARGV[3] and so on: the keys
-- Returns nothing.

-- include store_clock

local demand_key = KEYS[1]
local lasts_ms = ARGV[1]
local most_keys = ARGV[2]

local _, now_ms = store_clock()
local ends_ms = string.format('%.0f', now_ms + lasts_ms)
for index = 3, #ARGV do
  redis.call('ZADD', demand_key, ends_ms, ARGV[index])
end
redis.call('ZREMRANGEBYSCORE', demand_key, '-inf', string.format('%.0f', now_ms))
redis.call('ZREMRANGEBYRANK', demand_key, 0, -1 - most_keys)
redis.call('PEXPIRE', demand_key, lasts_ms)
