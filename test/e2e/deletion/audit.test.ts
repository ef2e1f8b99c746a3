import { expect, test } from 'vitest';
import { GATEWAY, startProgram } from '../../support/processes/child-process.ts';

async function ask<Data>(url: string, query: string): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'request-1' },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { data: Data };
  return data;
}

test('a deletion is two lines on standard output, one before and one after, with their times, though the log is silent', async () => {
  await using gateway = startProgram(GATEWAY, { environment: { PORT: '0', LOG_LEVEL: 'silent' } });
  const url = (await gateway.waitFor(/is ready: (\S+)/))[1] ?? '';
  const { contacts } = await ask<{ contacts: { nodes: readonly { id: string }[] } }>(
    url,
    '{ contacts(first: 1, sources: ["callgear"]) { nodes { id } } }',
  );

  await ask(url, `mutation { deleteContact(input: { id: "${contacts.nodes[0]?.id}" }) { deletedContactId } }`);

  const [lines] = await gateway.waitFor(/^\{.*"channel".*\}\n\{.*"channel".*\}$/m);
  const attempt = {
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    channel: 'audit',
    requestId: 'request-1',
    caller: 'anonymous',
    source: 'callgear',
    entity: 'contact',
    id: expect.stringMatching(/^\d+$/),
    msg: 'deletion attempt',
  };
  expect(lines.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
    attempt,
    { ...attempt, outcome: 'DELETED', code: null, dryRun: false, msg: 'deletion' },
  ]);
});
