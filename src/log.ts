import { destination, pino, stdSerializers, type Logger } from 'pino';

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

/** Structured logs on standard output: one JSON object a line. Levels as in pino. */
export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_MEMBERS.flatMap((member) => [member, `*.${member}`, `*.*.${member}`]), censor: '[redacted]' },
      serializers: { error: describeError },
    },
    destination({ dest: 1, sync: false }),
  );
}

/** Names and codes only: the messages of foreign errors may quote URLs, bodies or credentials. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error;
  const { type, stack } = stdSerializers.err(error);
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  const code: unknown = 'code' in error ? error.code : undefined;
  return { type, ...(typeof code === 'string' && { code }), stack: frames?.slice(0, 8).join('\n') };
}
