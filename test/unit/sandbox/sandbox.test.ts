import { expect, test } from 'vitest';
import { readSandboxArguments } from '../../../src/sandbox/sandbox-arguments.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';

test('starts three CRMs over one population and names them as a gateway is told of them', async () => {
  await using sandbox = await startSandbox({ population: { onlyoffice: 5, kommo: 5, callgear: 5 } });
  const { onlyoffice, kommo, callgear, environment } = sandbox;
  expect(environment).toEqual({
    ONLYOFFICE_URL: onlyoffice.url,
    ONLYOFFICE_TOKEN: onlyoffice.token,
    KOMMO_URL: kommo.url,
    KOMMO_TOKEN: kommo.token,
    CALLGEAR_URL: callgear.url,
    CALLGEAR_TOKEN: callgear.token,
  });
  expect(callgear.url.endsWith('/v2.0')).toBe(true);
});

test('closes what has started when one CRM cannot start', async () => {
  await using first = await startSandbox({ population: { onlyoffice: 1, kommo: 1, callgear: 1 } });
  const taken = Number(new URL(first.kommo.url).port);
  await expect(startSandbox({ kommo: { port: taken } })).rejects.toThrow('EADDRINUSE');
});

test('reads ports, shuffling and faults', () => {
  const fault = { route: 'GET /api/v4/contacts*', skip: 1, times: 2, when: 'after', effect: { kind: 'delay', delayMs: 5 } };
  const options = readSandboxArguments(['--shuffle-ties', '--fault', JSON.stringify({ crm: 'kommo', ...fault })], {
    SANDBOX_PORT_KOMMO: '4002',
  });
  expect(options).toEqual({
    shuffleTies: true,
    onlyoffice: { port: 0, faults: [] },
    kommo: { port: 4002, faults: [fault] },
    callgear: { port: 0, faults: [] },
  });
});

test.each([
  [['--fault', 'nonsense'], 'A fault is CRM=FAULT'],
  [['--fault', 'kommo'], 'A fault is CRM=FAULT'],
  [['--fault', 'kommo=constructor'], 'A fault is CRM=FAULT'],
  [['--fault', 'salesforce=slow'], 'A fault is CRM=FAULT'],
  [['--fault', '{nonsense'], 'has to be JSON'],
  [['--fault', '{"route":"GET /"}'], 'needs "crm"'],
  [['--fault', '{"crm":"kommo"}'], 'needs "route"'],
  [['--fault', '{"crm":"kommo","route":"*","effect":{"kind":"respond"}}'], 'needs "effect"'],
  [['--unknown'], 'Unknown option'],
])('refuses %j', (given, message) => {
  expect(() => readSandboxArguments(given, {})).toThrow(message);
});

test('refuses a port that is none', () => {
  expect(() => readSandboxArguments([], { SANDBOX_PORT_CALLGEAR: '99999' })).toThrow('SANDBOX_PORT_CALLGEAR');
});
