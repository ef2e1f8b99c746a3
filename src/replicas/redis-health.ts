/** What INFO of a Redis says, as far as the gateway needs it. */
export interface RedisInfo {
  readonly version: string;
  /** Changes with each start of the server. */
  readonly runId: string;
  readonly isAppendOnly: boolean;
  readonly evictionPolicy: string;
  readonly memoryMax: number;
}

/** Something about a Redis that is not as it should be. */
export interface RedisFinding {
  readonly message: string;
  readonly advice: string;
  /** `all`: nothing is kept in it. `tokens`, `answers`: only those are not. */
  readonly refuses: 'all' | 'tokens' | 'answers';
}

const VERSION_MIN = 7;

/** Reads INFO's text. A member that the server does not report counts as the worst it can be. */
export function readInfo(text: string): RedisInfo {
  const members = new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(':');
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
  return {
    version: members.get('redis_version') ?? '?',
    runId: members.get('run_id') ?? '',
    isAppendOnly: members.get('aof_enabled') === '1',
    evictionPolicy: members.get('maxmemory_policy') ?? 'unknown',
    memoryMax: Number(members.get('maxmemory') ?? 0),
  };
}

/** Lists what is wrong with a Redis, the worst first. */
export function findingsOf(info: RedisInfo): readonly RedisFinding[] {
  const findings: RedisFinding[] = [];
  if (!(Number.parseInt(info.version, 10) >= VERSION_MIN)) {
    findings.push({
      message: `Redis ${info.version} is too old.`,
      advice: 'Use Redis 7 or newer, or Valkey.',
      refuses: 'all',
    });
  }
  if (info.evictionPolicy.startsWith('allkeys-')) {
    findings.push({
      message: `Redis forgets any key when its memory is full (maxmemory-policy ${info.evictionPolicy}): calls would no longer be counted, and tokens would be lost.`,
      advice: 'Set "maxmemory-policy volatile-lru" (then only cached answers leave) or "noeviction".',
      refuses: 'all',
    });
  }
  if (!info.isAppendOnly) {
    findings.push({
      message: 'Redis does not write what it holds to disk (appendonly no): its restart would lose the tokens of connected accounts.',
      advice: 'Set "appendonly yes" and "appendfsync always" (or "everysec", and lose a second when its machine fails).',
      refuses: 'tokens',
    });
  }
  if (info.memoryMax > 0 && !info.evictionPolicy.startsWith('volatile-')) {
    findings.push({
      message: `Redis forgets nothing when its memory is full (maxmemory-policy ${info.evictionPolicy}): cached answers are not kept in it, which would fill it.`,
      advice: 'Set "maxmemory-policy volatile-lru": then cached answers leave, and nothing else does.',
      refuses: 'answers',
    });
  }
  return findings;
}

const REASONS: readonly (readonly [pattern: string, message: string, advice: string])[] = [
  ['WRONGPASS', 'refuses the user name or password of REDIS_URL', 'Check REDIS_URL: redis://USER:PASSWORD@HOST:PORT.'],
  ['NOAUTH', 'wants a password, and REDIS_URL has none', 'Put it into REDIS_URL: redis://:PASSWORD@HOST:PORT.'],
  [
    'NOPERM',
    'does not let its user run what the gateway needs',
    'Let the user of REDIS_URL run all commands on keys {crm-gateway}:* and mutex:{crm-gateway}:*.',
  ],
  ['OOM', 'is full', 'Raise "maxmemory", or set "maxmemory-policy volatile-lru" so that cached answers leave.'],
  ['READONLY', 'is a read-only copy', 'Let REDIS_URL lead to the primary.'],
  ['MISCONF', 'cannot write to its disk, and takes no writes', 'Make room on its disk; its own log says more.'],
  ['LOADING', 'is still reading what it holds from disk', 'Wait until it has.'],
  ['ECONNREFUSED', 'is not there', 'Start it, or check the host and port of REDIS_URL.'],
  ['CLOSED', 'has closed the connection', 'Its own log says why; it may be starting anew.'],
  ['ENOTFOUND', 'has an address that no name server knows', 'Check the host of REDIS_URL.'],
];

/** Says what a failure to reach Redis means, without the address or password in it. */
export function wordsOfRedisFailure(error: unknown): { readonly message: string; readonly advice: string } {
  const text = error instanceof Error ? `${String((error as NodeJS.ErrnoException).code ?? '')} ${error.message}` : '';
  const known = REASONS.find(([pattern]) => text.includes(pattern));
  if (known !== undefined) return { message: `Redis ${known[1]}.`, advice: known[2] };
  if (error instanceof Error && error.name === 'SealError') {
    return {
      message: 'Redis holds the state of gateways with another STATE_KEY.',
      advice: 'Give all replicas the same STATE_KEY, with the one before as STATE_KEY_OLD; or empty that Redis.',
    };
  }
  if (error instanceof Error && error.name === 'RedisFindingError') return { message: error.message, advice: '' };
  return { message: 'Redis does not answer in time.', advice: 'Check that it runs near the gateway, and is not overloaded.' };
}
