import { Script } from './script.ts';

/** Changes that are taken in one go. */
export const LOG_PART = 500;

/**
 * Keys: the lease, the head, the log. Arguments: who asks, the lease, the log's position. Answers with 1 or 0, whether the asker reads for all, what the
 * head holds, and what the log has after the position.
 */
export const LOOK = new Script(`
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
local leads = redis.call('GET', KEYS[1]) == ARGV[1]
if leads then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
local head = redis.call('HMGET', KEYS[2], 'facts', 'plan')
return { leads and 1 or 0, head[1], head[2], redis.call('XRANGE', KEYS[3], '(' .. ARGV[3], '+', 'COUNT', ${LOG_PART}) }
`);

/** Sets one field of the head where the asker still reads for all. Keys: the lease, the head. Arguments: who asks, the field, its value, its life. */
export const SET = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
`);

/** Takes back a reading of which something is missing. Keys: the head. Arguments: what is to be taken back. */
export const DROP = new Script(`if redis.call('HGET', KEYS[1], 'facts') == ARGV[1] then redis.call('HDEL', KEYS[1], 'facts') end`);

/** The asker goes on reading for all. Keys: the lease. Arguments: who asks, the lease. */
export const RENEW = new Script(`if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end`);

/** Another one may read. Keys: the lease. Arguments: who asks. */
export const LEAVE = new Script(`if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`);
