-- Takes a channel's stream over for an activation, and creates it if there is none. Whoever had it before is fenced from now on.
--
-- KEYS: meta, stream, keys, ages
-- ARGV: epoch for a new stream, meta ttl in ms, epoch and top that the activation knows ("" and 0 when it is new)
-- Returns the epoch, the top and the new owner token.
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'top')
local epoch, top = meta[1], tonumber(meta[2] or '0')
if epoch and epoch == ARGV[3] and top < tonumber(ARGV[4]) then
  epoch = false -- Redis came back with less than it had acknowledged
end

if epoch then
  -- A script that Redis aborted half-way may have left publications above the top: they have their place.
  local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
  if last[1] then
    top = math.max(top, tonumber(string.match(last[1][1], '^%d+')))
  end
else
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
  epoch, top = ARGV[1], 0
end

local position = string.format('%.0f', top)
local owner = redis.call('HINCRBY', KEYS[1], 'owner', 1)
redis.call('HSET', KEYS[1], 'epoch', epoch, 'top', position, 'call', '0', 'result', '')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { epoch, position, owner }
