-- All channels have their publication of a set: remembers where, and forgets what. The first who says so is right.
--
-- KEYS: state, pending, due, intents, results, ages
-- ARGV: key, number, result, time in ms for which it is remembered, most results to remember
-- Returns the result that counts (nothing when it is forgotten already), and how many others were forgotten before their time.
local number = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not number or tonumber(number) ~= tonumber(ARGV[2]) then
  return { redis.call('HGET', KEYS[5], ARGV[1]) or '', 0 }
end

redis.call('HINCRBY', KEYS[1], 'bytes', -redis.call('HSTRLEN', KEYS[4], ARGV[1]))
redis.call('HDEL', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])

local time = redis.call('TIME')
local forgotten = 0
redis.call('HSET', KEYS[5], ARGV[1], ARGV[3])
redis.call('RPUSH', KEYS[6], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[4])) .. ':' .. ARGV[1])
while redis.call('HLEN', KEYS[5]) > tonumber(ARGV[5]) do
  local age = redis.call('LPOP', KEYS[6])
  redis.call('HDEL', KEYS[5], string.sub(age, string.find(age, ':', 1, true) + 1))
  forgotten = forgotten + 1
end

redis.call('PEXPIRE', KEYS[5], ARGV[4])
redis.call('PEXPIRE', KEYS[6], ARGV[4])
return { ARGV[3], forgotten }
