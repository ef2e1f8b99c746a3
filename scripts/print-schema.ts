import { writeFileSync } from 'node:fs';
import { SOURCE_MODULES } from '../src/datasources/registry.ts';
import { printedSchema } from '../src/schema/printed-schema.ts';
import { createSchema } from '../src/schema/schema.ts';
import { schemaFacts } from './schema-facts.ts';

const schema = createSchema(SOURCE_MODULES);
writeFileSync(new URL('../schema.graphql', import.meta.url), printedSchema(schema));
writeFileSync(new URL('../examples/clients/schema-facts.json', import.meta.url), `${JSON.stringify(schemaFacts(schema), null, 2)}\n`);
