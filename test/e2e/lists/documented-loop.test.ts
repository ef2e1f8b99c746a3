import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../../src/sandbox/fault.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { ALL, LIST_ROUTES, type SourceName } from '../../support/sources.ts';
import { everyone, LIST_DOCUMENT } from './list-walk.ts';

interface Node {
  readonly idInSource: string;
  readonly source: { readonly name: string };
}
type Ask = (document: string, variables: object) => Promise<unknown>;
type Loop = (filter: object) => AsyncGenerator<Node, readonly { readonly code: string }[]>;

/** The loop as docs/filters.md has it, with what it leaves to the reader. */
function documentedLoop(ask: Ask): Loop {
  const text = readFileSync(new URL('../../../docs/filters.md', import.meta.url), 'utf8');
  const code = /```js\n(async function\* allContacts[\s\S]*?)```/.exec(text)?.[1];
  if (code === undefined) throw new Error('The document has no loop.');
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- the document's own code is what is tested
  const make = new Function('ask', 'QUERY', 'setTimeout', `${code}; return allContacts;`) as (...given: unknown[]) => Loop;
  return make(ask, LIST_DOCUMENT.replace('edges {', 'nodes { id idInSource source { name } } edges {'), setImmediate);
}

async function run(gateway: TestGateway) {
  const ids: string[] = [];
  const loop = documentedLoop((document, variables) => gateway.ask(document, variables as Record<string, unknown>))({});
  for (;;) {
    const { done, value } = await loop.next();
    if (done === true) return { ids: ids.toSorted(), failures: value };
    ids.push(`${value.source.name}:${value.idInSource}`);
    if (ids.length > 2_000) throw new Error('The loop does not end.');
  }
}

/** A page of 100 takes a part of each. */
const POPULATION = { onlyoffice: 70, kommo: 130, callgear: 90 };
const REFUSED: FaultEffect = { kind: 'respond', status: 401, body: 'Unauthorized', contentType: 'text/plain' };

describe.each<SourceName>([...ALL])('the loop in docs/filters.md, with %s', (source) => {
  it.each([0, 1])('failing for a while after %i answers, gives every contact, each once', async (skip) => {
    await using gateway = await startTestGateway({ population: POPULATION });
    gateway[source].setFaults([{ route: LIST_ROUTES[source], effect: REFUSED, skip, times: 2 }]);
    expect(await run(gateway)).toEqual({ ids: everyone(gateway, ALL), failures: [] });
  });

  it('failing for good, ends with everyone else, and with the failure', async () => {
    await using gateway = await startTestGateway({ population: POPULATION });
    gateway[source].setFaults([{ route: LIST_ROUTES[source], effect: REFUSED }]);
    const others = ALL.filter((other) => other !== source);
    const { ids, failures } = await run(gateway);
    expect(ids).toEqual(everyone(gateway, others));
    expect(failures).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
  });
});
