import { pino, type DestinationStream, type Logger } from 'pino';
import { LogOutput, STANDARD_OUTPUT } from './log-output.ts';

const STACK_LINES_MAX = 8;

/** Members that can hold credentials, wherever they stand. The code logs none of them; this is the net below it. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'password',
  'token',
  'client_secret',
]);
/** How deep they are looked for: members of members of members. */
const SECRET_DEPTH = 3;

/** Makes a structured log, on standard output by default: one JSON object a line. Levels as in pino. */
export function createLog(level: string, stream: DestinationStream = new LogOutput(STANDARD_OUTPUT)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: (members) => withoutSecrets(members, SECRET_DEPTH) },
      serializers: { error: describeError },
    },
    stream,
  );
}

/** Takes secrets out. What has none is given back as it is: pino's own `redact` copies every line, which costs more than writing it. */
function withoutSecrets<T extends object>(members: T, depth: number): T {
  let changed: [name: string, value: unknown][] | null = null;
  for (const [name, value] of Object.entries(members)) {
    const shown: unknown = SECRET_MEMBERS.has(name) ? '[redacted]' : depth > 1 && isPlain(value) ? withoutSecrets(value, depth - 1) : value;
    if (shown !== value) (changed ??= []).push([name, shown]);
  }
  if (changed === null) return members;
  const copy: object = Array.isArray(members) ? [...members] : { ...members };
  return Object.assign(copy, Object.fromEntries(changed)) as T;
}

/** Errors have a serializer of their own. */
function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Error);
}

/** Where deletions are written down. */
export interface AuditLog {
  /** Writes down what is about to be done. @throws LogWriteError when that cannot be written: it must not be done then. */
  attempt(members: object): Promise<void>;
  /** Writes down what became of it. */
  outcome(members: object): void;
}

/** Makes the audit log: lines of the same output, whatever the level that an operator wants to see. */
export function createAuditLog(log: Logger, output: Pick<LogOutput, 'flush' | 'lost'>): AuditLog {
  const audit = log.child({ channel: 'audit' }, { level: 'info' });
  return {
    attempt(members) {
      const lostBefore = output.lost;
      audit.info(members, 'deletion attempt');
      return output.flush(lostBefore);
    },
    outcome: (members) => audit.info(members, 'deletion'),
  };
}

/** Names, codes and places only: the messages of foreign errors may quote URLs, bodies or credentials. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error;
  const code: unknown = 'code' in error ? error.code : undefined;
  const places = (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .filter((line) => /^ +at /.test(line));
  return { type: error.name, ...(typeof code === 'string' && { code }), stack: places.slice(0, STACK_LINES_MAX).join('\n') };
}
