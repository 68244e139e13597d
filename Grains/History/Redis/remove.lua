-- Drops the publications of a channel; offset and epoch go on.
--
-- KEYS: meta, stream
-- ARGV: epoch, owner token
-- Returns "done", "fenced" or "lost".
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'owner')
if meta[1] ~= ARGV[1] then
  return 'lost'
end

if meta[2] ~= ARGV[2] then
  return 'fenced'
end

redis.call('DEL', KEYS[2])
return 'done'
