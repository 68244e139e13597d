-- Takes incomplete sets that nobody has finished in time: nobody else gets them for a while. Finishing a set twice at the same time
-- does no harm; this only saves the work.
--
-- KEYS: pending, due, intents
-- ARGV: time in ms for which they are taken, most sets to take
-- Returns the number of pending sets, the number of the oldest, and for each one that was taken: key, number, intent.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local taken = { redis.call('ZCARD', KEYS[1]), string.format('%.0f', tonumber(first[2] or '0')) }
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[2])) do
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[1])), key)
  taken[#taken + 1] = key
  taken[#taken + 1] = string.format('%.0f', tonumber(redis.call('ZSCORE', KEYS[1], key)))
  taken[#taken + 1] = redis.call('HGET', KEYS[3], key)
end

return taken
