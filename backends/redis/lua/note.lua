-- Says that keys are asked for, and forgets those that are in demand no more.
-- KEYS[1] demand: a sorted set of keys, each scored by when its demand ends, in ms of Redis's clock
-- ARGV[1] how long demand lasts in ms, ARGV[2] and so on: the keys
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local ends = string.format('%.0f', ms + ARGV[1])
for index = 2, #ARGV do
  redis.call('ZADD', KEYS[1], ends, ARGV[index])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', ms))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
