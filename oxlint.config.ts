import { posix } from 'node:path';
import { defineConfig, type OxlintOverride } from 'oxlint';

/** What the files of one room may import besides each other. */
interface Fence {
  /** Paths from `src`; whatever is not listed is refused. */
  readonly sees: readonly string[];
  /** Packages and modules of Node; whatever is not listed is refused. */
  readonly packages: readonly string[];
  /** What to do instead, for whoever meets the fence. */
  readonly reason: string;
}

const NODE = ['node:*', 'node:*/*'];
const PORT = 'datasources/port/**';
const PLATFORM = 'platform/**';
const ONE_WAY = 'Data flows one way: schema → federation → port ← datasources.';
const BELOW_THE_PORT = 'What the sources share knows the port and no CRM, and nothing of what is above it.';
const OUTSIDE = 'See the table of rooms in oxlint.config.ts.';

/** Every folder of src/datasources that is not named below, so that a new CRM has its fence the day its folder appears. */
const ANY_CRM = 'datasources/*';

/** Rooms by their path under `src`. The later of two that fit a file is the one that holds. */
const ROOMS: Readonly<Record<string, Fence>> = {
  [ANY_CRM]: {
    sees: [
      PLATFORM,
      PORT,
      'datasources/http/**',
      'datasources/governor/**',
      'datasources/cache/**',
      'datasources/credentials/**',
      'datasources/wire/**',
      'datasources/source-module.ts',
    ],
    packages: ['zod', 'libphonenumber-js/*', 'node:crypto', 'node:util', 'node:buffer'],
    reason: 'A CRM knows itself, the port and what the sources share; it calls through SourceHttp.',
  },
  'datasources/port': {
    sees: [PLATFORM],
    packages: ['dataloader', 'libphonenumber-js/*', 'lru-cache', 'node:url'],
    reason: 'The port knows nobody.',
  },
  'datasources/wire': { sees: [PLATFORM, PORT], packages: ['zod'], reason: BELOW_THE_PORT },
  'datasources/governor': {
    sees: [PLATFORM, PORT, 'datasources/http/source-http.ts'],
    packages: ['rate-limiter-flexible', ...NODE],
    reason: BELOW_THE_PORT,
  },
  'datasources/http': {
    sees: [PLATFORM, PORT, 'datasources/governor/**', 'datasources/wire/json-in-turns.ts'],
    packages: ['got', ...NODE],
    reason: BELOW_THE_PORT,
  },
  'datasources/cache': { sees: [PLATFORM, PORT, 'datasources/http/**'], packages: ['lru-cache', ...NODE], reason: BELOW_THE_PORT },
  'datasources/credentials': {
    sees: [PLATFORM, PORT, 'datasources/http/**'],
    packages: ['proper-lockfile', 'zod', ...NODE],
    reason: BELOW_THE_PORT,
  },
  federation: { sees: [PLATFORM, PORT], packages: ['node:crypto', 'node:zlib'], reason: ONE_WAY },
  indexing: { sees: [PLATFORM, PORT], packages: [], reason: 'An index is handed its sources, its clock and its hashes.' },
  schema: {
    sees: [PLATFORM, PORT, 'federation/**', 'auth/scopes.ts'],
    packages: ['graphql', 'graphql-scalars', '@pothos/*', 'node:buffer'],
    reason: ONE_WAY,
  },
  auth: {
    sees: [PLATFORM, 'config/**', 'datasources/port/log.ts'],
    packages: ['jose', 'lru-cache', 'rate-limiter-flexible/lib/*', ...NODE],
    reason: 'Who may call is decided without knowing what is asked of which CRM.',
  },
  config: {
    sees: [
      PLATFORM,
      'auth/**',
      'federation/erasure/**',
      'graphql/use-persisted-operations.ts',
      'telemetry/tracing/tracing-settings.ts',
      'datasources/source-module.ts',
    ],
    packages: ['zod', ...NODE],
    reason: 'Settings know kinds of CRM by their modules only, which are handed to them.',
  },
  graphql: {
    sees: [PLATFORM, 'auth/**', 'config/**', 'federation/**', 'schema/**', 'telemetry/**', PORT],
    packages: ['graphql', 'graphql-yoga', '@graphql-yoga/*', '@envelop/*', '@graphql-tools/*', 'lru-cache', 'zod', ...NODE],
    reason: OUTSIDE,
  },
  server: {
    sees: [PLATFORM, 'auth/**', 'config/**', 'federation/**', 'graphql/**', 'schema/**', 'telemetry/**', 'datasources/registry.ts', PORT],
    packages: ['graphql', 'graphql-yoga', '@graphql-yoga/*', '@whatwg-node/*', 'lru-cache', ...NODE],
    reason: OUTSIDE,
  },
  telemetry: {
    sees: [PLATFORM, 'federation/deletion.ts', 'datasources/http/call-observer.ts', 'datasources/cache/caching-source.ts', PORT],
    packages: ['pino', 'pino-pretty', 'prom-client', '@opentelemetry/*', 'graphql', ...NODE],
    reason: 'Telemetry is handed what it writes down.',
  },
  commands: {
    sees: [
      PLATFORM,
      'auth/**',
      'config/**',
      'graphql/budget/call-meter.ts',
      'replicas/join.ts',
      'server/**',
      'telemetry/**',
      'sources.ts',
      'datasources/credentials/**',
      'datasources/registry.ts',
      'datasources/source-module.ts',
      PORT,
    ],
    packages: [...NODE],
    reason: 'A command knows CRMs through the registry and the port, as the gateway does.',
  },
  replicas: {
    sees: [
      PLATFORM,
      PORT,
      'datasources/governor/**',
      'datasources/cache/**',
      'datasources/credentials/token-store.ts',
      'datasources/credentials/token-turns.ts',
      'indexing/index-share.ts',
      'auth/caller-rate.ts',
    ],
    packages: ['ioredis', 'lru-cache', 'redis-semaphore', 'zod', ...NODE],
    reason: 'What replicas share implements the ports of the rooms that use it, and is loaded only where there are several.',
  },
  platform: { sees: [], packages: NODE, reason: 'It stands on Node alone.' },
  sandbox: {
    sees: [],
    packages: [...NODE],
    reason: 'The sandbox shares nothing with the gateway: it would share its mistakes.',
  },
};

/** Folders that a room may have below each other; the fences know no deeper ones, so that those see only themselves. */
const DEPTH_MAX = 3;

/** The fence of one room, once for each depth: a relative path says where it leads only to those who know where it starts. */
function fencesOf([room, fence]: [string, Fence]): OxlintOverride[] {
  return Array.from({ length: DEPTH_MAX + 1 }, (_, depth) => {
    const outOfRoom = '../'.repeat(depth + 1);
    const folder = posix.join(room, ...Array.from({ length: depth }, () => '*'));
    const insideRoom = ['./**', ...Array.from({ length: depth }, (_none, up) => `${'../'.repeat(up + 1)}**`)];
    return {
      files: [`src/${room}/${'*/'.repeat(depth)}*.ts`],
      rules: refuseAllBut(
        // In this order: the last pattern that fits a path decides on it.
        [
          '**',
          ...insideRoom.map(allow),
          `${outOfRoom}**`,
          ...fence.sees.map((path) => allow(posix.relative(folder, path))),
          ...fence.packages.map(allow),
        ],
        fence.reason,
      ),
    };
  });
}

function refuseAllBut(group: readonly string[], message: string): NonNullable<OxlintOverride['rules']> {
  // A path that goes down and up again would walk around the fence.
  return { 'no-restricted-imports': ['error', { patterns: [{ group: [...group, '**/[!.]*/../**'], message }] }] };
}

function allow(pattern: string): string {
  return `!${pattern}`;
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'vitest'],
  categories: { correctness: 'error' },
  options: { typeAware: true, denyWarnings: true },
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/only-throw-error': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unnecessary-condition': 'off',
    'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    'no-console': 'error',
    eqeqeq: 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'no-empty': 'error',
    'no-param-reassign': 'error',
    'unicorn/no-thenable': 'off',
    'no-await-in-loop': 'off',
    'vitest/expect-expect': 'off',
    'vitest/no-conditional-expect': 'off',
    'vitest/valid-title': 'off',
    'vitest/require-mock-type-parameters': 'off',
    'vitest/no-standalone-expect': 'off',
  },
  overrides: [
    ...Object.entries(ROOMS).flatMap(fencesOf),
    {
      files: ['src/datasources/*.ts'],
      rules: refuseAllBut(
        ['**', allow('./port/**'), allow('./http/**'), allow('./credentials/**'), allow('./source-module.ts'), allow('zod')],
        BELOW_THE_PORT,
      ),
    },
    {
      files: ['src/datasources/registry.ts'],
      rules: refuseAllBut(['**', allow('./*/*-module.ts'), allow('./source-module.ts')], 'The registry names the modules of the CRMs.'),
    },
    {
      files: ['src/sources.ts'],
      rules: refuseAllBut(
        [
          '**',
          ...['./datasources/**', './config/**', './telemetry/**', './indexing/**', './federation/identity/**', './platform/**'].map(allow),
          ...NODE.map(allow),
        ],
        'It makes the sources, and what is kept of them.',
      ),
    },
    {
      files: ['test/**', 'examples/**'],
      rules: {
        'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
        'max-lines-per-function': 'off',
        'typescript/no-non-null-assertion': 'off',
      },
    },
    { files: ['src/sandbox/main.ts', 'src/main.ts', 'src/commands/**', 'scripts/**', 'bench/**'], rules: { 'no-console': 'off' } },
  ],
  ignorePatterns: ['node_modules', 'examples/web/src/gql', 'scripts/bring-node.cjs'],
});
