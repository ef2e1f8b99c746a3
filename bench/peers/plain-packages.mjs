// The packages of this project (Yoga, Pothos, DataLoader, got) used plainly. With REUSE=cached: Yoga's response cache.
import { Agent, createServer } from 'node:http';
import { useResponseCache } from '@graphql-yoga/plugin-response-cache';
import SchemaBuilder from '@pothos/core';
import got from 'got';
import { createYoga } from 'graphql-yoga';
import { IS_CACHED, PORT, sayReady, UPSTREAM } from './lib/crm.mjs';
import { contextOf, resolvers } from './lib/resolvers.mjs';

const client = got.extend({
  prefixUrl: UPSTREAM,
  agent: { http: new Agent({ keepAlive: true, maxSockets: 256 }) },
  headers: { accept: 'application/json', authorization: 'Bearer t' },
  responseType: 'json',
  resolveBodyOnly: true,
});
const http = { get: (path) => client.get(path.slice(1)), post: (path, json) => client.post(path.slice(1), { json }) };

const builder = new SchemaBuilder({});
const Source = builder.enumType('Source', { values: ['ONLYOFFICE', 'KOMMO', 'CALLGEAR'] });
const plain = (name, fields) =>
  builder.objectRef(name).implement({
    fields: (t) =>
      Object.fromEntries(Object.entries(fields).map(([field, type]) => [field, t.expose(field, { type, nullable: field !== 'id' })])),
  });
const ContactInfo = plain('ContactInfo', { value: 'String', label: 'String' });
const CustomField = plain('CustomField', { label: 'String', value: 'String' });
const Company = plain('Company', { id: 'ID', name: 'String' });
const User = plain('User', { id: 'ID', name: 'String', email: 'String' });
const Contact = builder.objectRef('Contact').implement({
  fields: (t) => ({
    id: t.exposeID('id'),
    source: t.expose('source', { type: Source }),
    displayName: t.exposeString('displayName', { nullable: true }),
    emails: t.expose('emails', { type: [ContactInfo] }),
    phones: t.expose('phones', { type: [ContactInfo] }),
    customFields: t.expose('customFields', { type: [CustomField] }),
    company: t.field({ type: Company, nullable: true, resolve: resolvers.Contact.company }),
    responsible: t.field({ type: User, nullable: true, resolve: resolvers.Contact.responsible }),
  }),
});
builder.queryType({
  fields: (t) => ({
    contacts: t.field({
      type: [Contact],
      args: { source: t.arg({ type: Source, required: true }), first: t.arg.int({ defaultValue: 25 }) },
      resolve: resolvers.Query.contacts,
    }),
  }),
});

const plugins = IS_CACHED ? [useResponseCache({ session: () => null, ttl: 60_000 })] : [];
const yoga = createYoga({
  schema: builder.toSchema(),
  context: contextOf(http),
  plugins,
  logging: false,
  graphiql: false,
  landingPage: false,
});
const server = createServer(yoga);
server.listen(PORT, '127.0.0.1', () => sayReady(server.address().port));
