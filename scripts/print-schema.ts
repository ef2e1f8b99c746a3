import { writeFileSync } from 'node:fs';
import { SOURCE_MODULES } from '../src/datasources/registry.ts';
import { printedSchema } from '../src/schema/printed-schema.ts';
import { createSchema } from '../src/schema/schema.ts';

const file = new URL('../schema.graphql', import.meta.url);
writeFileSync(file, printedSchema(createSchema(SOURCE_MODULES)));
