import { getNamedType, isInterfaceType, isObjectType, isUnionType, type GraphQLNamedType } from 'graphql';
import { expect, test } from 'vitest';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { createSchema } from '../../../src/schema/schema.ts';
import { startTestGateway } from '../../support/gateway.ts';

interface Page {
  readonly contacts: {
    readonly nodes: readonly { readonly __typename: string; readonly id: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    readonly sourceReports: readonly { readonly status: string }[];
  };
}

const SCHEMA = createSchema(SOURCE_MODULES);
/** Sources have tests of their own; a picture is a call, and leads lead to nothing new. */
const LEFT_OUT = new Set(['Source', 'ContactPhoto', 'LeadConnection', 'PageInfo']);

/** Selects all fields of a type and of the types below it, so many levels down. */
function everythingOf(type: GraphQLNamedType | undefined, levels: number): string {
  if (isUnionType(type)) {
    const members = type.getTypes().map((member) => `... on ${member.name} { ${everythingOf(member, levels)} }`);
    return `__typename ${members.join(' ')}`;
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return '__typename';
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const below = getNamedType(field.type);
    // Two members of the union have a name, of different nullability: they need an alias.
    const alias = type.name.endsWith('Value') && field.name === 'name' ? `${type.name}_name: name` : field.name;
    const isLeaf = !isObjectType(below) && !isInterfaceType(below) && !isUnionType(below);
    if (isLeaf) return [alias];
    return levels === 0 || LEFT_OUT.has(below.name) ? [] : [`${alias} { ${everythingOf(below, levels - 1)} }`];
  });
  return ['__typename', ...fields].join(' ');
}

test('shows every field of every contact of the three CRMs without an error', async () => {
  await using gateway = await startTestGateway({
    environment: { CALL_BUDGET: '1000', REQUEST_TIMEOUT_MS: '60000', SOURCE_TIMEOUT_MS: '30000' },
  });
  const person = everythingOf(SCHEMA.getType('Person'), 2);
  const company = everythingOf(SCHEMA.getType('Company'), 2);
  const query = (after: string | null) =>
    gateway.query<Page>(
      `query ($after: String) { contacts(first: 100, after: $after) { nodes { __typename id ... on Person { ${person} } ... on Company { ${company} } }
      pageInfo { hasNextPage endCursor } sourceReports { status } } }`,
      { after },
    );
  const seen = new Map<string, string>();
  let after: string | null = null;
  do {
    const { data, errors } = await query(after);
    expect(errors).toEqual([]);
    const page: Page['contacts'] | undefined = data?.contacts;
    for (const { id, __typename } of page?.nodes ?? []) seen.set(id, __typename);
    after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);

  const { onlyoffice, kommo, callgear } = gateway;
  expect(seen.size).toBeGreaterThan(700);
  expect([...new Set(seen.values())].toSorted()).toEqual(['Company', 'Person']);
  expect([onlyoffice, kommo, callgear].every(({ requests }) => requests.length > 0)).toBe(true);
});

test('reads a page of Kommo contacts with companies, users and leads in one call for each', async () => {
  await using gateway = await startTestGateway({ onlyoffice: null, callgear: null });

  const { contacts } = await gateway.ask<Page>(`{ contacts(first: 25) { nodes { __typename id responsible { displayName group { name } }
    leads { nodes { name } } ... on Person { company { displayName } } } pageInfo { hasNextPage endCursor } sourceReports { status } } }`);

  expect(contacts.nodes).toHaveLength(25);
  expect(Object.values(gateway.calls())).toEqual([1, 1, 1, 1]);
  expect(Object.keys(gateway.calls()).toSorted()).toEqual(
    ['companies', 'contacts', 'leads', 'users'].map((entity) => expect.stringContaining(`/${entity}`)),
  );
});

test('asks the CRMs for nothing that is not selected', async () => {
  await using gateway = await startTestGateway();

  await gateway.ask('{ contacts(first: 10) { nodes { displayName responsible { id } ... on Person { company { id } } } } }');

  expect(Object.values(gateway.calls())).toEqual([1, 1, 1]);
});

test('says once, in the report, that Kommo does not let us see users', async () => {
  await using gateway = await startTestGateway({ onlyoffice: null, callgear: null, kommo: { isAdmin: false } });

  const { contacts } = await gateway.ask<{ contacts: unknown }>(
    '{ contacts(first: 5) { isComplete nodes { responsible { displayName } } sourceReports { status error { code } } } }',
  );

  expect(contacts).toEqual({
    isComplete: true,
    nodes: Array.from({ length: 5 }, () => ({ responsible: { displayName: null } })),
    sourceReports: [{ status: 'PARTIAL', error: { code: 'FORBIDDEN' } }],
  });
});

test('deletes a contact for good, and shows it as it was', async () => {
  await using gateway = await startTestGateway({ kommo: null, callgear: null });
  const fields = 'id displayName tags { name } phones { value } photo { smallUrl } ... on Person { company { displayName personCount } }';
  const find = `{ contacts(first: 20, filter: { kind: PERSON }) { nodes { viewerCanDelete ${fields} } } }`;
  const { contacts } = await gateway.ask<{ contacts: { nodes: { id: string; viewerCanDelete: boolean }[] } }>(find);
  const { viewerCanDelete: _, ...contact } = contacts.nodes.find(({ viewerCanDelete }) => viewerCanDelete) ?? { id: '' };

  const mutation = `mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletedContactId deletion { outcome contact { ${fields} } } } }`;
  const deleted = await gateway.ask(mutation, { id: contact.id });
  const again = await gateway.ask(mutation, { id: contact.id });
  const found = await gateway.ask('query ($id: ID!) { contact(id: $id) { id } }', { id: contact.id });

  expect(deleted).toEqual({ deleteContact: { deletedContactId: contact.id, deletion: { outcome: 'DELETED', contact } } });
  expect(again).toEqual({ deleteContact: { deletedContactId: contact.id, deletion: { outcome: 'ALREADY_ABSENT', contact: null } } });
  expect(found).toEqual({ contact: null });
});
