import { destination, pino, type DestinationStream, type Logger } from 'pino';

const STACK_LINES_MAX = 8;

/** Members that can hold credentials, wherever they stand. The code logs none of them; this is the net below it. */
const SECRET_MEMBERS = [
  'authorization',
  'cookie',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'password',
  'token',
  'client_secret',
];

/** Structured logs, on standard output if not told otherwise: one JSON object a line. Levels as in pino. */
export function createLog(level: string, stream: DestinationStream = destination({ dest: 1, sync: false })): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_MEMBERS.flatMap((member) => [member, `*.${member}`, `*.*.${member}`]), censor: '[redacted]' },
      serializers: { error: describeError },
    },
    stream,
  );
}

/** The same log for what has to be written down whatever the level that an operator wants to see. */
export function createAuditLog(log: Logger): Logger {
  return log.child({}, { level: 'info' });
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
