import { getNamedType, isObjectType, isInterfaceType, isUnionType, type GraphQLNamedType } from 'graphql';
import { expect, test } from 'vitest';
import { createSchema } from '../../../src/schema/schema.ts';
import { MEMORY } from '../../support/in-memory-source.ts';

const schema = createSchema([MEMORY]);

/** The types that can be shown to a caller who has `contacts:delete` alone. */
function shownWithoutReading(from: GraphQLNamedType, shown = new Set<string>()): ReadonlySet<string> {
  if (shown.has(from.name)) return shown;
  if (isUnionType(from) || isInterfaceType(from)) for (const type of schema.getPossibleTypes(from)) shownWithoutReading(type, shown);
  if (!isObjectType(from)) return shown;
  shown.add(from.name);
  for (const field of Object.values(from.getFields())) {
    if (field.extensions['scope'] !== 'contacts:read') shownWithoutReading(getNamedType(field.type), shown);
  }
  return shown;
}

test('every root field needs a scope: that of reading, of deleting, or of requests of data subjects', () => {
  const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

  expect(queries.length).toBeGreaterThan(5);
  const others = (fields: typeof queries, scope: string) =>
    fields.flatMap(({ name, extensions }) => (extensions['scope'] === scope ? [] : [[name, extensions['scope']]]));
  expect(others(queries, 'contacts:read')).toEqual([
    ['personReport', 'persons:report'],
    ['verifyErasure', 'persons:erase'],
  ]);
  expect(others(mutations, 'contacts:delete')).toEqual([
    ['executeErasure', 'persons:erase'],
    ['planErasure', 'persons:erase'],
  ]);
});

test('what deletion shows without contacts:read holds no contact, staff, tag or field', () => {
  const mutations = schema.getMutationType();
  const shown = mutations ? [...shownWithoutReading(mutations)] : [];

  expect(shown.toSorted()).toEqual([
    'ContactDeletion',
    'ContactIndex',
    'ContactMatch',
    'DeleteContactPayload',
    'DeleteContactUserError',
    'DeleteContactsPayload',
    'ErasurePlan',
    'ErasureReceipt',
    'ErasureStep',
    'ErasureUserError',
    'ErasureVerification',
    'ExecuteErasurePayload',
    'MatchReason',
    'Mutation',
    'PlanErasurePayload',
    'Source',
    'SourceCapabilities',
    'SourceError',
    'SourceHealth',
    'SourceQuota',
    'SourceReport',
    'UncoveredData',
  ]);
});

test('every field that needs a scope says so', () => {
  const fields = Object.values(schema.getTypeMap()).flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []));
  const scoped = fields.filter(({ extensions }) => extensions['scope'] !== undefined);

  expect(scoped.length).toBeGreaterThan(12);
  for (const { description, extensions } of scoped) expect(description).toContain(`Needs the scope \`${String(extensions['scope'])}\`.`);
});
