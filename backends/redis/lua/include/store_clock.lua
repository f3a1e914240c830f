-- Returns the store's time: {seconds, microseconds} as TIME answers, and the same moment in whole milliseconds.
local function store_clock()
  local time = redis.call('TIME')
  return time, time[1] * 1000 + math.floor(time[2] / 1000)
end
