-- Appends a group of publications to a channel's stream. Everything that decides about them is in here, since only Redis
-- sees all activations that may take themselves for the channel's owner.
--
-- KEYS: meta, stream, keys (idempotency key -> offset), ages (the keys by age), sets (the atomic sets that are here, by number)
-- ARGV: epoch, owner token, number of the call, top as the owner knows it, history size, history ttl, meta ttl,
--       lifetime of a key, most keys, 1 when the group has keys; then for each publication:
--       s (stream) or l (live only), idempotency key, version, version epoch, data, metadata
--       a (part of an atomic set), idempotency key, number of the set, number of the oldest incomplete one, data, metadata
-- Times are in ms; versions have 20 digits so that they compare as text: numbers here are exact up to 2^53 only.
--
-- Returns "fenced", "lost" or the results: "=101" when all were appended, from 101 on; else "101,d7,l": appended at 101, the
-- repetition of 7 ("d" alone: of one without an offset), published without an offset. ";n" behind it: n keys forgotten early.
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'call', 'result', 'top', 'version', 'versionEpoch')
if meta[1] ~= ARGV[1] then
  return 'lost'
end

local owner, call = tonumber(meta[2]), tonumber(meta[3])
if owner > tonumber(ARGV[2]) then
  return 'fenced'
end

if owner == tonumber(ARGV[2]) then
  if call == tonumber(ARGV[3]) then
    return meta[4] -- the first attempt of this call got through, only its answer did not
  end

  if call > tonumber(ARGV[3]) then
    return 'fenced' -- an attempt that came after its own repetition: nobody waits for it
  end
end

local top = tonumber(meta[5])
if owner < tonumber(ARGV[2]) or top ~= tonumber(ARGV[4]) then
  -- Redis came back with less than it had acknowledged. Offsets must not be given out twice: the next epoch begins.
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
  return 'lost'
end

local function text(number)
  return string.format('%.0f', number)
end

local now = 0
local forgotten = 0
local function forget_oldest(age)
  redis.call('LPOP', KEYS[4])
  redis.call('HDEL', KEYS[3], string.sub(age, string.find(age, ':', 1, true) + 1))
end

if ARGV[10] == '1' then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
  local age = redis.call('LINDEX', KEYS[4], 0)
  while age and tonumber(string.match(age, '^%d+')) <= now do
    forget_oldest(age)
    age = redis.call('LINDEX', KEYS[4], 0)
  end
end

local function remember(key, position)
  redis.call('HSET', KEYS[3], key, position)
  redis.call('RPUSH', KEYS[4], text(now + tonumber(ARGV[8])) .. ':' .. key)
  if redis.call('HLEN', KEYS[3]) > tonumber(ARGV[9]) then
    forget_oldest(redis.call('LINDEX', KEYS[4], 0))
    forgotten = forgotten + 1
  end
end

-- An atomic set's publication is here at most once, whenever it comes: what is here is noted with its set, and no note goes while
-- its set is incomplete. A set below the oldest incomplete one has been here: who asks now is late. The notes belong to no epoch.
local sets_life = '2592000000' -- 30 days, for the sets of channels that nobody uses any more
local function place_of_set(number)
  for _, note in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], number, number)) do
    local offset, epoch = string.match(note, '^(%d+):(.*)$')
    if offset then
      return epoch == ARGV[1] and offset or ''
    end
  end

  local oldest = redis.call('ZSCORE', KEYS[5], 'oldest')
  return oldest and tonumber(number) < tonumber(oldest) and ''
end

local function note_set(number, oldest, position)
  redis.call('ZADD', KEYS[5], number, position .. ':' .. ARGV[1])
  if tonumber(oldest) > tonumber(redis.call('ZSCORE', KEYS[5], 'oldest') or '0') then
    redis.call('ZADD', KEYS[5], oldest, 'oldest')
    redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', '(' .. oldest)
  end

  redis.call('PEXPIRE', KEYS[5], sets_life)
end

local version, version_epoch = meta[6] or '', meta[7] or ''
local results, first = {}, top + 1
for i = 11, #ARGV, 6 do
  local key = ARGV[i + 1]
  local known = key ~= '' and redis.call('HGET', KEYS[3], key)
  if ARGV[i] == 'a' and not known then
    known = place_of_set(ARGV[i + 2])
  end

  local position
  if known then
    results[#results + 1] = 'd' .. known
  elseif ARGV[i] == 'l' then
    position = ''
    results[#results + 1] = 'l'
  elseif ARGV[i] == 's' and ARGV[i + 2] ~= '' and ARGV[i + 2] <= version and (ARGV[i + 3] == '' or ARGV[i + 3] == version_epoch) then
    position = text(top)
    results[#results + 1] = 'd' .. position
  else
    if ARGV[i] == 's' and ARGV[i + 2] ~= '' then
      version, version_epoch = ARGV[i + 2], ARGV[i + 3]
    end

    top = top + 1
    position = text(top)
    results[#results + 1] = position
    if ARGV[i + 5] == '' then
      redis.call('XADD', KEYS[2], position .. '-0', 'd', ARGV[i + 4])
    else
      redis.call('XADD', KEYS[2], position .. '-0', 'd', ARGV[i + 4], 'm', ARGV[i + 5])
    end
  end

  if ARGV[i] == 'a' then
    if not known then
      note_set(ARGV[i + 2], ARGV[i + 3], position)
    end
  elseif key ~= '' and not known then
    remember(key, position)
  end
end

local result
if top - first + 1 == #results then
  result = '=' .. text(first)
else
  result = table.concat(results, ',')
end

if forgotten > 0 then
  result = result .. ';' .. forgotten
end

redis.call('HSET', KEYS[1], 'call', ARGV[3], 'result', result, 'top', text(top), 'version', version, 'versionEpoch', version_epoch)
redis.call('PEXPIRE', KEYS[1], ARGV[7])
if top >= first then
  redis.call('XTRIM', KEYS[2], 'MAXLEN', '=', ARGV[5])
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
end

if ARGV[10] == '1' then
  redis.call('PEXPIRE', KEYS[3], ARGV[8])
  redis.call('PEXPIRE', KEYS[4], ARGV[8])
end

return result
