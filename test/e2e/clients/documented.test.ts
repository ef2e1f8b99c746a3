import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gql } from '@apollo/client';
import { buildSchema, parse, print } from 'graphql';
import relay from 'relay-runtime';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createApolloClient, createPersistedApolloClient } from '../../../examples/clients/apollo-client.ts';
import { createNetwork } from '../../../examples/clients/relay-network.ts';
import { createPersistedUrqlClient, createUrqlClient } from '../../../examples/clients/urql-client.ts';
import facts from '../../../examples/clients/schema-facts.json' with { type: 'json' };
import { schemaFacts } from '../../../scripts/schema-facts.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { API_KEYS, KEYS } from '../../support/keys.ts';
import { LIST } from './relay-list.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const NAMES = gql`
  query Names {
    sources {
      id
      name
      __typename
    }
  }
`;
const CONTACTS = gql`
  query Contacts {
    contacts(first: 3, sources: ["onlyoffice"]) {
      edges {
        node {
          id
          ... on Contact {
            displayName
          }
          source {
            id
            name
            health {
              status
            }
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      sourceReports {
        status
        error {
          code
        }
      }
    }
  }
`;
const DELETE = gql`
  mutation Delete($id: ID!) {
    deleteContact(input: { id: $id }) {
      deletedContactId
    }
  }
`;
interface Contacts {
  readonly contacts: { readonly edges: readonly { readonly node: { readonly id: string; readonly displayName: string } }[] };
}

test('every snippet of docs/clients.md is part of a file that is tested', () => {
  const sources = ['examples/clients', 'examples/web', 'examples/web/src']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder))
        .filter((name) => /\.tsx?$/.test(name))
        .map((name) => read(join(folder, name))),
    )
    .map(withoutIndentation);
  const snippets = [...read('docs/clients.md').matchAll(/^```ts\n([^]*?)^```/gm)].map(([, text = '']) => withoutIndentation(text));
  expect(snippets.length).toBeGreaterThan(4);
  for (const snippet of snippets) expect(sources.filter((source) => source.includes(snippet))).not.toEqual([]);
});

function withoutIndentation(text: string): string {
  return text.replaceAll(/^ +/gm, '').trim();
}

test('what clients have to know of the types is what the schema says', () => {
  expect(facts).toEqual(schemaFacts(buildSchema(read('schema.graphql'))));
});

describe('with a key', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      kommo: null,
      callgear: null,
      population: { onlyoffice: 8 },
      environment: { API_KEYS },
      isSandbox: false,
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test('Apollo Client knows a contact by its id, whatever its type', async () => {
    const client = createApolloClient(gateway.url, KEYS.reader);
    const { data } = await client.query<Contacts>({ query: CONTACTS });
    const { id, displayName } = data!.contacts.edges[0]!.node;

    const fragment = gql`
      fragment Name on Contact {
        displayName
      }
    `;
    const cached = ['Person', 'Company'].map((type) =>
      client.readFragment({ id: client.cache.identify({ __typename: type, id })!, fragment }),
    );
    expect(cached).toContainEqual({ __typename: expect.any(String), displayName });
  });

  test("urql's Graphcache takes every type without a warning, and forgets a contact that was deleted", async () => {
    const warn = vi.spyOn(console, 'warn');
    const client = createUrqlClient(gateway.url, KEYS.both);
    const { data, error } = await client.query<Contacts>(CONTACTS, {}).toPromise();
    expect(error).toBeUndefined();
    const { id } = data!.contacts.edges[0]!.node;
    await client.mutation(DELETE, { id }).toPromise();
    const after = await client.query<Contacts>(CONTACTS, {}, { requestPolicy: 'cache-first' }).toPromise();

    expect(after.data?.contacts.edges.map(({ node }) => node.id)).not.toContain(id);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test('Relay reads a list', async () => {
    const environment = new relay.Environment({
      store: new relay.Store(new relay.RecordSource()),
      network: createNetwork(gateway.url, KEYS.reader),
    });
    const data = (await relay.fetchQuery(environment, LIST, { first: 2 }).toPromise()) as Contacts | undefined;
    expect(data?.contacts.edges).toHaveLength(2);
  });
});

describe('where only registered operations run', () => {
  const text = print(NAMES);
  const toHash = (sent: string) => createHash('sha256').update(sent).digest('hex');
  const hash = toHash(text);
  const directory = mkdtempSync(join(tmpdir(), 'crm-gateway-clients-'));
  const names = { sources: [expect.objectContaining({ name: 'onlyoffice' })] };
  let gateway: TestGateway;
  beforeAll(async () => {
    const path = join(directory, 'operations.json');
    writeFileSync(path, JSON.stringify({ [hash]: text, 'contacts-list': LIST.params.text }));
    const environment = { API_KEYS, PERSISTED_OPERATIONS: path };
    gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 3 }, environment, isSandbox: false });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  test('Apollo Client sends ids', async () => {
    const client = createPersistedApolloClient(gateway.url, KEYS.reader, (document) =>
      createHash('sha256').update(print(document)).digest('hex'),
    );
    expect((await client.query({ query: NAMES })).data).toMatchObject(names);
    await expect(client.query({ query: CONTACTS })).rejects.toThrow('No operation is registered under this id.');
  });

  test('urql sends ids', async () => {
    const client = createPersistedUrqlClient(gateway.url, KEYS.reader, async (sent) => toHash(print(parse(sent))));
    const { data, error } = await client.query(NAMES, {}).toPromise();
    expect([data, error]).toEqual([names, undefined]);
    expect((await client.query(CONTACTS, {}).toPromise()).error?.message).toContain('No operation is registered under this id.');
  });

  test('Relay sends the ids of its compiler', async () => {
    const { fragment, operation } = LIST;
    const withId = (id: string) => ({ kind: 'Request', fragment, operation, params: { ...LIST.params, id, text: null } }) as typeof LIST;
    const environment = new relay.Environment({
      store: new relay.Store(new relay.RecordSource()),
      network: createNetwork(gateway.url, KEYS.reader),
    });
    const data = (await relay.fetchQuery(environment, withId('contacts-list'), { first: 2 }).toPromise()) as Contacts | undefined;
    expect(data?.contacts.edges).toHaveLength(2);
    await expect(relay.fetchQuery(environment, withId('unknown'), {}).toPromise()).rejects.toThrow(
      'No operation is registered under this id.',
    );
  });
});
