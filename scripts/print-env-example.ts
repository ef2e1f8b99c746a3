import { readFileSync, writeFileSync } from 'node:fs';
import { envExample } from './env-example.ts';

/** `npm run env:print`: writes .env.example anew, after a change of docs/settings.md. */
const root = new URL('../', import.meta.url);
writeFileSync(new URL('.env.example', root), envExample(readFileSync(new URL('docs/settings.md', root), 'utf8')));
