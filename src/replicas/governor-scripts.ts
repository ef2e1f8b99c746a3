import { Script } from './script.ts';

/** A replica that has not been heard of for so long counts as absent, in milliseconds. */
export const HEARTBEAT_TTL_MS = 1_000;
/** The share of a CRM's own quota that is kept back, so that all replicas together can use it while Redis is away. */
export const AWAY_QUOTA_SHARE = 0.05;

/** The share of a limit that is kept back, so that all replicas together can use it from the moment that Redis is away. */
export const STANDING_SHARE = 0.1;

/**
 * Keys: hello, then the base of each gate. Below a base: `:u` calls under way (score: when their lease ends), `:wMS` arrivals within a window,
 * `:hb` replicas that leave their share to the others, `:q` the CRM's own quotas, `:s` pauses and blocks. None has a time to live, so that a
 * server with `volatile-…` never evicts it; each is bounded by the limit that it counts for.
 */
const PRELUDE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local hello = KEYS[1]
local function isForgotten(since) return redis.call('HGET', hello, 'since') ~= since end
-- A call has arrived now, at the latest.
local function settle(base, windows, id)
  redis.call('ZREM', base .. ':u', id)
  for _, ms in ipairs(windows) do redis.call('ZADD', base .. ':w' .. ms, now, id) end
end
local function readQuotas(base)
  local text = redis.call('GET', base .. ':q')
  return text and cjson.decode(text) or {}
end
local function keepQuotas(base, quotas)
  if next(quotas) == nil then redis.call('DEL', base .. ':q') else redis.call('SET', base .. ':q', cjson.encode(quotas)) end
end
local function endProbe(base, id)
  if redis.call('HGET', base .. ':s', 'probe') == id then redis.call('HDEL', base .. ':s', 'probe', 'probeUntil') end
end
`;

/**
 * Lets one call through all gates, or says how long to wait. Where there is much room, places for the next calls are taken too: never more than an
 * eighth of it, and none where the CRM has a quota of its own or has just refused.
 * Arguments: since, valid until, replica, number of the call, lease, replicas, heartbeat's life, share kept of quotas, share of limits that stands
 * ready for all, places wanted, then per gate the number of windows and of each its length and limit.
 */
export const TAKE = new Script(`${PRELUDE}
if isForgotten(ARGV[1]) then return { 'FORGOTTEN' } end
if now > tonumber(ARGV[2]) then return { 'LATE' } end
local replica, number, wanted = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[10])
local function idOf(n) return replica .. '/' .. string.format('%d', n) end
local lease, replicas, life, keptShare, standing = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local since = tonumber(ARGV[1])
local wait, reason, boot, free = 0, '', 0, math.huge
local function hold(ms, why)
  if ms > wait then wait, reason = ms, why end
end
redis.call('ZADD', hello .. ':seen', now, replica)
-- Calls of a replica that died, or is stopped: they have arrived by now, or never will.
local function sweep(base, windows)
  local seen = {}
  for _, member in ipairs(redis.call('ZRANGE', base .. ':u', 0, -1)) do
    local owner = string.sub(member, 1, 36)
    if seen[owner] == nil then seen[owner] = tonumber(redis.call('ZSCORE', hello .. ':seen', owner) or '0') end
    if seen[owner] < now - life then settle(base, windows, member) end
  end
end
local at = 11
local gates = {}
for g = 2, #KEYS do
  local base = KEYS[g]
  local gate = { base = base, windows = {}, limits = {} }
  for _ = 1, tonumber(ARGV[at]) do
    table.insert(gate.windows, ARGV[at + 1])
    table.insert(gate.limits, tonumber(ARGV[at + 2]))
    at = at + 2
  end
  at = at + 1
  table.insert(gates, gate)
  local absent = math.max(0, replicas - redis.call('ZCOUNT', base .. ':hb', now - life, '+inf'))
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', base .. ':u', '-inf', now)) do settle(base, gate.windows, member) end
  local state = {}
  local fields = redis.call('HGETALL', base .. ':s')
  for f = 1, #fields, 2 do state[fields[f]] = fields[f + 1] end
  hold(tonumber(state.blocked or '0') - now, 'BLOCKED')
  hold(tonumber(state.paused or '0') - now, state.refusal or 'RATE_LIMITED')
  gate.isOnProbation = state.probation == '1'
  if gate.isOnProbation then free = 0 end
  if gate.isOnProbation and tonumber(state.probeUntil or '0') > now then hold(50, 'PLACE') end
  gate.answered = tonumber(state.answered or '0')
  for round = 1, 2 do
    local isFull = false
    for w, ms in ipairs(gate.windows) do
      local key, length, limit = base .. ':w' .. ms, tonumber(ms), gate.limits[w]
      redis.call('ZREMRANGEBYSCORE', key, '-inf', now - length)
      local share = math.floor(limit / replicas)
      local kept = share > 0 and absent * share or math.min(absent, math.floor(limit / 2))
      if replicas > 1 then kept = kept + (replicas - absent) * math.floor(limit * standing / replicas) end
      local arrived = redis.call('ZCARD', key)
      local over = arrived + redis.call('ZCARD', base .. ':u') - (limit - kept)
      free = math.min(free, -over)
      if over >= 0 then
        isFull = true
        if round == 2 then
          local leaving = over < arrived and redis.call('ZRANGE', key, over, over, 'WITHSCORES')[2]
          hold(leaving and leaving + length - now or math.min(100, length), 'PLACE')
        end
      end
      boot = math.max(boot, since + length - now)
    end
    if not isFull then break end
    if round == 1 then sweep(base, gate.windows) end
  end
  gate.quotas = readQuotas(base)
  if next(gate.quotas) ~= nil then free = 0 end
  for name, quota in pairs(gate.quotas) do
    if quota.t and now >= quota.t then
      gate.quotas[name] = nil
    elseif quota.r and quota.t then
      local kept = quota.l and replicas > 1 and replicas * math.floor(quota.l * keptShare / replicas) or 0
      if quota.r - kept <= 0 then hold(quota.t - now, 'QUOTA:' .. name) end
    end
  end
end
if wait > 0 then return { 'WAIT', math.ceil(wait), reason, math.floor(now) } end
-- The calls of one window before it may be forgotten.
if boot > 0 then return { 'BOOT' } end
local places = math.max(1, math.min(wanted, math.floor(free / 8)))
local answer = { 'GO', math.floor(now), places }
for _, gate in ipairs(gates) do
  for n = number, number + places - 1 do redis.call('ZADD', gate.base .. ':u', now + lease, idOf(n)) end
  for _, quota in pairs(gate.quotas) do if quota.r then quota.r = math.max(0, quota.r - 1) end end
  keepQuotas(gate.base, gate.quotas)
  if gate.isOnProbation then redis.call('HSET', gate.base .. ':s', 'probe', idOf(number), 'probeUntil', now + lease) end
  table.insert(answer, gate.answered)
  table.insert(answer, gate.isOnProbation and 1 or 0)
  table.insert(answer, cjson.encode(gate.quotas))
end
return answer
`);

/** The answers of calls begin. Arguments: the number of calls, they, then per gate the number of windows and their lengths. */
export const ARRIVE = new Script(`${PRELUDE}
local calls = tonumber(ARGV[1])
local at = calls + 2
for g = 2, #KEYS do
  local windows = {}
  for _ = 1, tonumber(ARGV[at]) do
    at = at + 1
    table.insert(windows, ARGV[at])
  end
  at = at + 1
  for c = 2, calls + 1 do
    settle(KEYS[g], windows, ARGV[c])
    endProbe(KEYS[g], ARGV[c])
  end
  redis.call('HINCRBY', KEYS[g] .. ':s', 'answered', calls)
end
`);

/** Calls were not sent. Arguments: they. */
export const CANCEL = new Script(`${PRELUDE}
for g = 2, #KEYS do
  for _, id in ipairs(ARGV) do
    if redis.call('ZREM', KEYS[g] .. ':u', id) == 1 then
      local quotas = readQuotas(KEYS[g])
      for _, quota in pairs(quotas) do if quota.r then quota.r = quota.r + 1 end end
      keepQuotas(KEYS[g], quotas)
    end
    endProbe(KEYS[g], id)
  end
end
`);

/** The CRM said "too often". Arguments: refusal, milliseconds that it asks for or '', first back-off, its longest, how far its word is doubted. */
export const PAUSE = new Script(`${PRELUDE}
local key = KEYS[2] .. ':s'
local paused = tonumber(redis.call('HGET', key, 'paused') or '0')
local refusals = tonumber(redis.call('HGET', key, 'refusals') or '0')
if now >= paused then refusals = refusals + 1 end
local asked = tonumber(ARGV[2])
local backOff = math.min(tonumber(ARGV[3]) * 2 ^ (refusals - 1), asked and tonumber(ARGV[5]) or tonumber(ARGV[4]))
local til = now + math.max(asked or 0, backOff)
if til > paused then redis.call('HSET', key, 'paused', til, 'refusal', ARGV[1]) end
redis.call('HSET', key, 'refusals', refusals, 'probation', '1')
`);

/** The CRM refuses this address or account altogether. Arguments: milliseconds. */
export const BLOCK = new Script(`${PRELUDE}
local key = KEYS[2] .. ':s'
local til = math.max(tonumber(redis.call('HGET', key, 'blocked') or '0'), now + tonumber(ARGV[1]))
redis.call('HSET', key, 'blocked', til, 'probation', '1')
`);

/** The CRM answered, and not by turning us away. */
export const ADMIT = new Script(`${PRELUDE}
local key = KEYS[2] .. ':s'
local til = math.max(tonumber(redis.call('HGET', key, 'blocked') or '0'), tonumber(redis.call('HGET', key, 'paused') or '0'))
if now >= til then redis.call('HDEL', key, 'probation', 'refusals', 'probe', 'probeUntil', 'paused', 'blocked') end
`);

/**
 * The CRM's own count, less the calls of all replicas that it cannot have counted yet. Arguments: calls answered before the reporter went out, then
 * of each quota its name, limit or '', remaining or '', milliseconds until its end or ''.
 */
export const REPORT = new Script(`${PRELUDE}
local base = KEYS[2]
local answered = tonumber(redis.call('HGET', base .. ':s', 'answered') or '0')
local uncounted = redis.call('ZCARD', base .. ':u') + math.max(0, answered - tonumber(ARGV[1]) - 1)
local quotas = readQuotas(base)
for at = 2, #ARGV, 4 do
  local remaining, ms = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  quotas[ARGV[at]] = { l = tonumber(ARGV[at + 1]), r = remaining and math.max(0, remaining - uncounted), t = ms and now + ms }
end
keepQuotas(base, quotas)
`);

/**
 * This replica is here. Arguments: since, valid until, replica, replicas, heartbeat's life, then 1 per gate at which it leaves its share to the
 * others, or 0. Answers with its place among the replicas, -1 when there is none left, and the quotas of each gate.
 */
export const BEAT = new Script(`${PRELUDE}
if isForgotten(ARGV[1]) then return { 'FORGOTTEN' } end
if now > tonumber(ARGV[2]) then return { 'LATE' } end
local replica, life = ARGV[3], tonumber(ARGV[5])
local seen, places = hello .. ':seen', hello .. ':places'
redis.call('ZADD', seen, now, replica)
redis.call('ZREMRANGEBYSCORE', seen, '-inf', now - 60 * life)
local place = tonumber(redis.call('HGET', places, replica) or '-1')
if place < 0 then
  local taken = {}
  local fields = redis.call('HGETALL', places)
  for f = 1, #fields, 2 do
    if redis.call('ZSCORE', seen, fields[f]) then taken[tonumber(fields[f + 1])] = true else redis.call('HDEL', places, fields[f]) end
  end
  for candidate = 0, tonumber(ARGV[4]) - 1 do
    if not taken[candidate] then
      place = candidate
      redis.call('HSET', places, replica, place)
      break
    end
  end
end
local answer = { 'HERE', math.floor(now), place }
for g = 2, #KEYS do
  local beats = KEYS[g] .. ':hb'
  redis.call('ZREMRANGEBYSCORE', beats, '-inf', now - 10 * life)
  if ARGV[g + 4] == '1' then redis.call('ZADD', beats, now, replica) end
  table.insert(answer, cjson.encode(readQuotas(KEYS[g])))
end
return answer
`);
