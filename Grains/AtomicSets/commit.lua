-- Decides that an atomic set comes to be, once for each key: from here on it is published whole, whoever dies.
--
-- KEYS: state, pending (keys of incomplete sets by number), due (the same by the time at which anybody may finish them), intents
--       (key -> what is published), results (key -> where it was published), ages (the results by age), recent (the numbers from
--       the oldest incomplete set on, which channels keep notes of)
-- ARGV: key, intent, time in ms before somebody else may finish it, most pending sets, most of their bytes, most recent sets
-- Returns { "done", result }, { "open", number, oldest, intent, pending sets } or { "full" }.
-- Numbers are times in microseconds where the clock allows, so that they grow even when Redis has lost the last ones.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function text(number)
  return string.format('%.0f', number)
end

local age = redis.call('LINDEX', KEYS[6], 0)
while age and tonumber(string.match(age, '^%d+')) <= now do
  redis.call('LPOP', KEYS[6])
  redis.call('HDEL', KEYS[5], string.sub(age, string.find(age, ':', 1, true) + 1))
  age = redis.call('LINDEX', KEYS[6], 0)
end

local result = redis.call('HGET', KEYS[5], ARGV[1])
if result then
  return { 'done', result }
end

local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local oldest = first[2] and tonumber(first[2])
local pending = redis.call('ZCARD', KEYS[2])
local known = redis.call('ZSCORE', KEYS[2], ARGV[1])
if known then
  return { 'open', text(tonumber(known)), text(oldest), redis.call('HGET', KEYS[4], ARGV[1]), pending }
end

if oldest then
  redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', '(' .. text(oldest))
else
  redis.call('DEL', KEYS[7])
end

local state = redis.call('HMGET', KEYS[1], 'last', 'bytes')
local bytes = tonumber(state[2] or '0') + string.len(ARGV[2])
if pending > 0 and (pending >= tonumber(ARGV[4]) or bytes > tonumber(ARGV[5]) or redis.call('ZCARD', KEYS[7]) >= tonumber(ARGV[6])) then
  return { 'full' }
end

local number = math.max(time[1] * 1000000 + time[2], tonumber(state[1] or '0') + 1)
redis.call('HSET', KEYS[1], 'last', text(number), 'bytes', text(bytes))
redis.call('HSET', KEYS[4], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], text(number), ARGV[1])
redis.call('ZADD', KEYS[3], text(now + tonumber(ARGV[3])), ARGV[1])
redis.call('ZADD', KEYS[7], text(number), text(number))
return { 'open', text(number), text(oldest or number), ARGV[2], pending + 1 }
