import { expect, test } from 'vitest';
import { GATEWAY, startProgram } from '../../support/processes/child-process.ts';

const start = (environment: Readonly<Record<string, string>> = {}) =>
  startProgram(GATEWAY, { environment: { PORT: '0', LOG_LEVEL: 'info', ...environment } });

async function ask(url: string): Promise<void> {
  const body = JSON.stringify({ query: '{ sources { name } }' });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(response.status).toBe(200);
  await response.text();
}

test('away from a terminal every line is a JSON object, the one that names the URL too', async () => {
  await using gateway = start();
  const [, url = ''] = await gateway.waitFor(/is ready: (\S+)/);
  await ask(url);
  await gateway.waitFor(/"msg":"request"/);
  gateway.kill('SIGTERM');
  await gateway.exitCode;

  const lines = gateway
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string; url?: string });
  expect(lines.find(({ msg }) => msg.startsWith('crm-gateway is ready'))).toMatchObject({ url });
});

test('for a person the same lines are text, with their members', async () => {
  await using gateway = start({ LOG_FORMAT: 'text' });
  const [, url = ''] = await gateway.waitFor(/^\[\d\d:\d\d:\d\d\] INFO: crm-gateway is ready: (\S+) /m);
  await ask(url);

  await gateway.waitFor(/^\[\d\d:\d\d:\d\d\] INFO.*: request \{.*"status":200/m);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s lets the gateway answer what was requested, and ends it with 0', async (signal) => {
  await using gateway = start();
  const [, url = ''] = await gateway.waitFor(/is ready: (\S+)/);
  await ask(url);
  gateway.kill(signal);

  expect(await gateway.exitCode).toBe(0);
  expect(gateway.output()).toContain('"msg":"stopping"');
});
