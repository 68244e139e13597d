-- Keeps what a behavior made of the stream, up to an offset. It lives and ends with the stream's epoch.
--
-- KEYS: meta
-- ARGV: epoch, owner token, offset, state
-- Returns "done", "fenced" or "lost".
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'snapshotOffset', 'top')
if meta[1] ~= ARGV[1] then
  return 'lost'
end

if meta[2] ~= ARGV[2] then
  return 'fenced'
end

if tonumber(ARGV[3]) <= tonumber(meta[4]) and tonumber(ARGV[3]) >= tonumber(meta[3] or '0') then
  redis.call('HSET', KEYS[1], 'snapshotOffset', ARGV[3], 'snapshot', ARGV[4])
end

return 'done'
