import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';

const page = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

function blockOf(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(page)?.[1] ?? '';
}

test('the query in README.md gets the answer that stands below it', async () => {
  await using gateway = await startTestGateway();
  const { data, errors } = await gateway.query(blockOf('graphql'));
  expect(errors).toEqual([]);
  expect({ data }).toEqual(JSON.parse(blockOf('json')));
});

test('the command line in README.md gets an answer', async () => {
  await using gateway = await startTestGateway();
  const line = /^curl .*$/m.exec(page)?.[0] ?? '';
  const command = line.replace('http://127.0.0.1:4000/graphql', `--silent ${gateway.url}`);
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);

  expect(command).not.toBe(line);
  expect(JSON.parse(stdout)).toMatchObject({ data: { contacts: { nodes: Array(3).fill({ displayName: expect.any(String) }) } } });
});
