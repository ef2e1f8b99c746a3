import { isObjectType, type GraphQLResolveInfo } from 'graphql';
import { expect, test } from 'vitest';
import { createSchema } from '../../../src/schema/schema.ts';
import { contactRecord, MEMORY } from '../../support/in-memory-source.ts';
import { createContext } from './run.ts';

const schema = createSchema([MEMORY]);
const user = { source: 'a', reference: { idInSource: '1', known: { displayName: 'A user', email: null, group: null } } };
const group = { source: 'a', record: { idInSource: '1', name: 'A group' }, reference: user.reference };
const contact = contactRecord('a', '1', { tags: [], leadIds: [], catalogElements: [], photo: null });
const customField = { source: 'a', record: { idInSource: '1', position: 1, options: null } };

test.each<[string, string, unknown]>([
  ['User', 'displayName', user],
  ['User', 'email', user],
  ['User', 'group', user],
  ['UserGroup', 'name', group],
  ['Person', 'tags', contact],
  ['Person', 'leads', contact],
  ['Person', 'catalogElements', contact],
  ['Person', 'photo', contact],
  ['ContactPhoto', 'smallUrl', { source: 'a', record: { smallKey: null, mediumKey: null } }],
  ['CustomField', 'position', customField],
  ['CustomField', 'options', customField],
])('%s.%s makes no promise where its row knows the value: five of them would follow for each row', (typeName, name, parent) => {
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;

  // Nothing of the document is looked at.
  const answer: unknown = field?.resolve?.(parent, {}, createContext([]), {
    fieldNodes: [],
    variableValues: {},
  } as unknown as GraphQLResolveInfo);
  expect(answer).toBeDefined();
  expect(answer).not.toBeInstanceOf(Promise);
});
