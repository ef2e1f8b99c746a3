import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SettingsError, readSettings } from '../../../src/config/settings.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';

const read = (environment: Record<string, string>) => readSettings(environment, SOURCE_MODULES);

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

function withFile<T>(content: string, use: (path: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'crm-gateway-'));
  const path = join(directory, 'sources.json');
  writeFileSync(path, content);
  try {
    return use(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const KOMMO = { KOMMO_URL: 'https://acme.kommo.com', KOMMO_TOKEN: 'secret-token' };

describe('without configuration', () => {
  test('runs on the sandbox, on loopback port 4000', () => {
    expect(read({})).toMatchObject({
      isSandbox: true,
      host: '127.0.0.1',
      port: 4000,
      sources: [],
      requestTimeoutMs: 10_000,
      sourceTimeoutMs: 5_000,
      scanBudget: 1_000,
    });
  });

  test('never starts the sandbox in production', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([expect.stringContaining('never starts the sandbox')]);
  });

  test('counts an empty variable as left out', () => {
    expect(read({ KOMMO_URL: '', PORT: ' ' })).toMatchObject({ isSandbox: true, port: 4000 });
  });
});

describe('sources from the environment', () => {
  test('are called onlyoffice, kommo and callgear', () => {
    const settings = read({
      ONLYOFFICE_URL: 'https://portal.example.com',
      ONLYOFFICE_USERNAME: 'a@example.com',
      ONLYOFFICE_PASSWORD: 'p',
      ...KOMMO,
      CALLGEAR_URL: 'https://dataapi.callgear.com/v2.0',
      CALLGEAR_TOKEN: 't',
    });
    expect(settings.sources.map(({ name }) => name)).toEqual(['onlyoffice', 'kommo', 'callgear']);
    expect(settings.isSandbox).toBe(false);
  });

  test('stop the start for a slip of the pen, by its name', () => {
    expect(faultsOf({ ...KOMMO, KOMMO_TOKNE: 'secret-token' })).toEqual([expect.stringMatching(/^KOMMO_TOKNE: /)]);
    expect(faultsOf({ CALLGEAR_UR: 'x' }).join()).toContain('CALLGEAR_UR: ');
  });

  test.each([
    [{ KOMMO_URL: 'https://acme.kommo.com' }],
    [{ KOMMO_TOKEN: 't' }],
    [{ KOMMO_URL: 'http://acme.kommo.com', KOMMO_TOKEN: 't' }],
    [{ ONLYOFFICE_URL: 'https://portal.example.com', ONLYOFFICE_USERNAME: 'only' }],
    [{ CALLGEAR_URL: 'https://dataapi.callgear.com/v2.0', CALLGEAR_LOGIN: 'only' }],
    [{ CALLGEAR_URL: 'not a url', CALLGEAR_TOKEN: 't' }],
  ])('stop the start when a setting is missing or wrong: %j', (environment) => {
    expect(faultsOf(environment)).not.toEqual([]);
  });

  test.each(['ONLYOFFICE', 'KOMMO', 'CALLGEAR'])('stop the start with all that is wrong at once: %s', (kind) => {
    expect(faultsOf({ [`${kind}_URL`]: 'nonsense' }).map((fault) => fault.split(': ')[0])).toEqual([`${kind}_URL`, `${kind}_TOKEN`]);
  });

  test('take plain http to loopback only', () => {
    expect(read({ KOMMO_URL: 'http://127.0.0.1:9999', KOMMO_TOKEN: 't' }).sources).toHaveLength(1);
  });
});

test.each<[Record<string, string>, string]>([
  [{ PORT: 'abc' }, 'PORT: must be a number'],
  [{ PORT: '70000' }, 'PORT: must be 65535 or less'],
  [{ CACHE_TTL_MS: '1.5' }, 'CACHE_TTL_MS: must be a whole number'],
  [{ CALLER_RESERVE: '2' }, 'CALLER_RESERVE: must be 0.5 or less'],
  [{ SCAN_BUDGET: '-5' }, 'SCAN_BUDGET: must be 1 or more'],
  [{ LOG_FORMAT: 'x' }, 'LOG_FORMAT: must be auto, json or text'],
  [{ NODE_ENV: 'x' }, 'NODE_ENV: must be production, development or test'],
  [{ ...KOMMO, KOMMO_RATE_LIMIT: 'many' }, 'KOMMO_RATE_LIMIT: must be a number'],
  [{ ...KOMMO, KOMMO_RATE_LIMIT: '0' }, 'KOMMO_RATE_LIMIT: must be 1 or more'],
  [{ ...KOMMO, KOMMO_SCANS: 'maybe' }, 'KOMMO_SCANS: must be on or off'],
  [{ KOMMO_TOKEN: 't' }, 'KOMMO_URL: is missing'],
  [{ REDIS_URL: 'redis://127.0.0.1', REPLICAS: '2', STATE_KEY: 'short' }, 'STATE_KEY: must have at least 32 characters'],
  [{ PORT: '99999999999999999999' }, 'PORT: must be 65535 or less'],
  [
    { ONLYOFFICE_URL: 'https://portal.example.com', ONLYOFFICE_TOKEN: 't', ONLYOFFICE_RATE_LIMIT: '1e308' },
    'ONLYOFFICE_RATE_LIMIT: must be 10000 or less',
  ],
])('a fault is told in plain words: %j', (environment, fault) => {
  expect(faultsOf(environment)).toEqual([fault]);
});

test('every fault is listed, and none shows a value', () => {
  const faults = faultsOf({
    PORT: 'seven-secret',
    SCAN_BUDGET: '-5',
    LOG_LEVEL: 'loud-secret',
    KOMMO_URL: 'ftp://user:secret@host',
    KOMMO_TOKEN: 'secret',
    API_KEYS: 'secret',
  });
  expect(faults.join('\n')).toMatch(/PORT: /);
  expect(faults.join('\n')).toMatch(/SCAN_BUDGET: /);
  expect(faults.join('\n')).toMatch(/LOG_LEVEL: /);
  expect(faults.join('\n')).toMatch(/KOMMO_URL: /);
  expect(faults.join('\n')).toMatch(/API_KEYS: /);
  expect(faults.join('\n')).not.toContain('secret');
});

describe('the door', () => {
  const key = `front contacts:read sha256:${'0'.repeat(64)}`;

  test('refuses an address that others can reach without keys, and says what to do', () => {
    expect(faultsOf({ HOST: '0.0.0.0' })).toEqual([expect.stringContaining('API_KEYS')]);
    expect(read({ HOST: '0.0.0.0', API_KEYS: key })).toMatchObject({ host: '0.0.0.0', apiKeys: [{ name: 'front' }] });
  });

  test('takes host names and origins in lists, as they are compared', () => {
    const settings = read({
      ALLOWED_HOSTS: 'Gateway.Example.com:443, 203.0.113.5 [::2]',
      CORS_ORIGINS: 'https://App.example.com/,http://localhost:3000',
    });

    expect(settings.allowedHosts).toEqual(['gateway.example.com', '203.0.113.5', '::2']);
    expect(settings.corsOrigins).toEqual(['https://app.example.com', 'http://localhost:3000']);
    expect(faultsOf({ ALLOWED_HOSTS: 'https://gateway.example.com', CORS_ORIGINS: '*' })).toEqual([
      expect.stringContaining('ALLOWED_HOSTS: '),
      expect.stringContaining('CORS_ORIGINS: '),
    ]);
  });

  test('fetches the keys of an issuer by https, by plain http from loopback only', () => {
    const jwt = { JWT_ISSUER: 'https://id.example.com', JWT_AUDIENCE: 'crm-gateway' };

    expect(faultsOf({ ...jwt, JWT_JWKS_URL: 'http://id.example.com/jwks' })).toEqual([expect.stringContaining('JWT_JWKS_URL: ')]);
    expect(read({ ...jwt, JWT_JWKS_URL: 'http://127.0.0.1:1/jwks' }).jwt).not.toBeNull();
  });

  test("limits callers with keys if nothing else is said, and this machine's own programs only if it is", () => {
    expect(read({ API_KEYS: key })).toMatchObject({ callerRateLimit: 6_000 });
    expect(read({})).toMatchObject({ callerRateLimit: null });
    expect(read({ CALLER_RATE_LIMIT: '5' })).toMatchObject({ callerRateLimit: 5 });
  });

  test('something is kept for other callers only where there can be others', () => {
    const two = `${key}; ${key.replace('front', 'back').replace(/[0-9a-f]{64}/, 'b'.repeat(64))}`;
    expect(read({ API_KEYS: key })).toMatchObject({ callerReserve: 0 });
    expect(read({})).toMatchObject({ callerReserve: 0 });
    expect(read({ API_KEYS: two })).toMatchObject({ callerReserve: 0.2 });
    expect(read({ API_KEYS: two, CALLER_RESERVE: '0' })).toMatchObject({ callerReserve: 0 });
    const jwt = { JWT_JWKS_URL: 'https://issuer.example/keys', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };
    expect(read({ ...jwt, CALLER_RESERVE: '0.5' })).toMatchObject({ callerReserve: 0.5 });
    expect(() => read({ CALLER_RESERVE: '0.6' })).toThrow('CALLER_RESERVE');
  });

  test('turns introspection and GraphiQL off in production, unless they are asked for', () => {
    const production = { NODE_ENV: 'production', ...KOMMO };

    expect(read(KOMMO)).toMatchObject({ hasGraphiql: true, hasIntrospection: true });
    expect(read(production)).toMatchObject({ hasGraphiql: false, hasIntrospection: false });
    expect(read({ ...production, GRAPHIQL: 'on', INTROSPECTION: 'on' })).toMatchObject({ hasGraphiql: true, hasIntrospection: true });
  });

  test.each(['', '[]', '{}', '{"operations": []}', '{"a": 1}', '{"operations": [{"id": "a"}]}'])(
    'stops the start for a manifest of operations that is none: %s',
    (manifest) => {
      expect(withFile(manifest, (path) => faultsOf({ PERSISTED_OPERATIONS: path }))).toEqual([
        expect.stringContaining('PERSISTED_OPERATIONS: '),
      ]);
      expect(faultsOf({ PERSISTED_OPERATIONS: '/nowhere.json' })).toEqual(['PERSISTED_OPERATIONS: the file cannot be read']);
    },
  );

  test('takes all three of the JWT settings or none', () => {
    expect(faultsOf({ JWT_ISSUER: 'https://id.example.com' })).toEqual([expect.stringContaining('JWT_JWKS_URL')]);
  });
});

describe('the configuration file', () => {
  test('holds several accounts of one kind, under names of their own', () => {
    const content = JSON.stringify({
      sources: [
        { kind: 'KOMMO', name: 'kommo-eu', url: 'https://eu.kommo.com', token: 'a' },
        { kind: 'kommo', name: 'kommo-us', url: 'https://us.kommo.com', token: 'b' },
      ],
    });
    const settings = withFile(content, (path) => read({ CRM_GATEWAY_CONFIG: path }));
    expect(settings.sources.map(({ name, module }) => [name, module.kind])).toEqual([
      ['kommo-eu', 'KOMMO'],
      ['kommo-us', 'KOMMO'],
    ]);
  });

  test.each([
    ['{', /cannot be read/],
    ['[]', /: the file: must be an object$/],
    ['{"sources":[]}', /: sources: must not be empty$/],
    ['{"sources":[{"kind":"KOMMO","name":"a","url":"https://a.kommo.com","token":"t"}],"more":1}', /: the file: no such setting: more$/],
    ['{"sources":[{"kind":"KOMMO","name":"a","url":7,"token":"t"}]}', /: sources\.0\.url: must be text$/],
    ...['true', 'null', '[5]', '"many"', '""'].map((limit): [string, RegExp] => [
      `{"sources":[{"kind":"KOMMO","name":"a","url":"https://a.kommo.com","token":"t","rateLimit":${limit}}]}`,
      /: sources\.0\.rateLimit: must be a number$/,
    ]),
    ['{"sources":[{"kind":"HUBSPOT","name":"a"}]}', /sources\.0\.kind/],
    ['{"sources":[{"kind":"KOMMO","name":"Bad:Name","url":"https://a.kommo.com","token":"t"}]}', /sources\.0\.name/],
    ['{"sources":[{"kind":"KOMMO","name":"a","url":"https://a.kommo.com","token":"t","tokn":"t"}]}', /sources\.0/],
  ])('stops the start when it is wrong: %s', (content, expected) => {
    expect(withFile(content, (path) => faultsOf({ CRM_GATEWAY_CONFIG: path })).join()).toMatch(expected);
  });

  test.each([
    ['KOMMO', 'https://acme.kommo.com'],
    ['ONLYOFFICE', 'https://portal.example.com'],
    ['CALLGEAR', 'https://dataapi.callgear.com/v2.0'],
  ])('with a key that %s does not have has that one fault', (kind, url) => {
    const content = JSON.stringify({ sources: [{ kind, name: 'a', url, token: 't', tokne: 't' }] });
    expect(withFile(content, (path) => faultsOf({ CRM_GATEWAY_CONFIG: path }))).toEqual([
      expect.stringMatching(/^CRM_GATEWAY_CONFIG: sources\.0\.tokne: no such setting; known are url, token/),
    ]);
  });

  test('is not mixed with sources from the environment', () => {
    const content = JSON.stringify({ sources: [{ kind: 'KOMMO', name: 'a', url: 'https://a.kommo.com', token: 't' }] });
    expect(withFile(content, (path) => faultsOf({ CRM_GATEWAY_CONFIG: path, ...KOMMO }))).toEqual([expect.stringContaining('not both')]);
  });
});

describe('a setting given as a file', () => {
  test('is the content of the file, without blanks around it', () => {
    const settings = withFile('  secret-token\n', (path) => read({ KOMMO_URL: KOMMO.KOMMO_URL, KOMMO_TOKEN_FILE: path }));

    expect(settings).toEqual(read(KOMMO));
  });

  test('can be one of the server, and one in the file of accounts', () => {
    const keys = `alice contacts:read sha256:${'a'.repeat(64)}`;
    expect(withFile(keys, (path) => read({ ...KOMMO, API_KEYS_FILE: path })).apiKeys).toHaveLength(1);
    const account = (token: object) => JSON.stringify({ sources: [{ kind: 'kommo', name: 'main', url: KOMMO.KOMMO_URL, ...token }] });
    const inFile = withFile('secret-token', (tokenPath) =>
      withFile(account({ tokenFile: tokenPath }), (path) => read({ CRM_GATEWAY_CONFIG: path })),
    );
    expect(inFile.sources).toEqual(withFile(account({ token: 'secret-token' }), (path) => read({ CRM_GATEWAY_CONFIG: path })).sources);
  });

  test.each([
    [{ KOMMO_TOKEN_FILE: '/nowhere/secret-path' }, 'KOMMO_TOKEN_FILE: the file cannot be read'],
    [{ KOMMO_TOKEN_FILE: '/dev/null' }, 'KOMMO_TOKEN_FILE: the file is empty'],
    [{ KOMMO_TOKEN: 'secret-token', KOMMO_TOKEN_FILE: '/dev/null' }, 'KOMMO_TOKEN_FILE: give KOMMO_TOKEN or KOMMO_TOKEN_FILE, not both'],
  ])('%j is a fault that names the setting and shows nothing', (given, fault) => {
    const faults = faultsOf({ KOMMO_URL: KOMMO.KOMMO_URL, ...given });

    expect(faults).toContain(fault);
    expect(faults.join()).not.toMatch(/secret-|nowhere/);
  });

  test('is none where no setting has its name', () => {
    expect(faultsOf({ ...KOMMO, KOMMO_TOKENS_FILE: '/dev/null' })).toEqual([expect.stringContaining('KOMMO_TOKENS_FILE: no such setting')]);
  });
});
