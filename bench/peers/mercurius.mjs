// Mercurius on Fastify with its jit and its loaders, undici. With REUSE=cached: mercurius-cache, which keeps root fields.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import cache from 'mercurius-cache';
import { crmsOf, IS_CACHED, PORT, sayReady, SDL } from './lib/crm.mjs';
import { http } from './lib/undici-http.mjs';

const crms = crmsOf(http);

/** A loader gets all parents of a field: those of each CRM are read by one call of `reads`, the others have the value in them. */
function loaderOf(own, key, reads) {
  return async (queries) => {
    const values = queries.map(({ obj }) => obj[own] ?? null);
    await Promise.all(
      Object.entries(reads).map(async ([source, read]) => {
        const at = queries.flatMap(({ obj }, index) => (obj.source === source && obj[key] !== null ? [index] : []));
        const ids = [...new Set(at.map((index) => queries[index].obj[key]))];
        if (ids.length === 0) return;
        const rows = await read(ids);
        const found = new Map(ids.map((id, index) => [id, rows[index]]));
        for (const index of at) values[index] = found.get(queries[index].obj[key]);
      }),
    );
    return values;
  };
}

const opts = { cache: false };
const app = Fastify();
app.register(mercurius, {
  schema: SDL,
  jit: 1,
  resolvers: { Query: { contacts: (_root, { source, first }) => crms.lists[source](first) } },
  loaders: {
    Contact: {
      company: { loader: loaderOf('company', 'companyId', { KOMMO: crms.kommoCompanies }), opts },
      responsible: {
        loader: loaderOf('responsible', 'responsibleId', { KOMMO: crms.kommoUsers, CALLGEAR: crms.callgearEmployees }),
        opts,
      },
    },
  },
});
if (IS_CACHED) app.register(cache, { ttl: 60, policy: { Query: { contacts: true } } });
await app.listen({ port: PORT, host: '127.0.0.1' });
sayReady(app.server.address().port);
