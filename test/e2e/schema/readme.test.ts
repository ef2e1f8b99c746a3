import { readFileSync } from 'node:fs';
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
