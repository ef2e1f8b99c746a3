import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, readPages, splitPage } from '../../support/documents.ts';

/** The file that runs a command, or why none does. */
type Treatment = { readonly ranBy: string } | { readonly notRun: string };

const OPENSSL: Treatment = { ranBy: 'test/e2e/identity/erasure.test.ts' };

/** Every command in a block of code of the documents. A new one fails below until it has its line here. */
const COMMANDS: Readonly<Record<string, Treatment>> = {
  'npm ci': { ranBy: '.ci/run' },
  'npm start': { ranBy: 'test/system/programs/bundle.test.ts' },
  'npm test': { ranBy: '.ci/run' },
  [String.raw`curl http://127.0.0.1:4000/graphql -H 'content-type: application/json' -d '{"query":"{ contacts(first: 3, filter: { search: \"Anna\" }) { nodes { displayName phones { value } } } }"}'`]:
    {
      ranBy: 'test/e2e/schema/readme.test.ts',
    },
  'npm run verify': { notRun: 'the commands that .ci/run runs one by one' },
  'npm run test:unit': { notRun: 'a part of npm test' },
  'npm run test:system': { ranBy: '.ci/run' },
  'npm run sandbox': { ranBy: 'test/e2e/process/commands.test.ts' },
  'npm run schema:print': { notRun: 'it writes what test/e2e/schema/schema.test.ts compares' },
  'npm run build': { ranBy: 'test/system/programs/bundle.test.ts' },
  'openssl pkey -in .crm-gateway/receipt-key.pem -pubout -out receipt-public.pem': OPENSSL,
  'printf %s "$DOCUMENT" > document.json': { notRun: 'the test of the line below writes the file itself' },
  'printf %s "$SIGNATURE" | base64 -d > signature.bin': { notRun: 'the test of the line below writes the file itself' },
  'openssl pkeyutl -verify -pubin -inkey receipt-public.pem -rawin -in document.json -sigfile signature.bin': OPENSSL,
  'cp -r examples/add-a-crm/src examples/add-a-crm/test .': { ranBy: 'test/system/programs/fourth-crm.test.ts' },
  'cd examples/web': { ranBy: 'test/system/browser/example-web.test.ts' },
  'npm run dev': { notRun: 'Vite serves until it is ended; the test of the page serves what Vite builds' },
  'npm run codegen': { notRun: 'its tool is installed in examples/web alone' },
};

const pages = readPages().map((page) => ({ ...page, ...splitPage(page) }));
const written = pages.flatMap(({ blocks }) => blocks).filter(({ language }) => ['sh', 'bash', 'shell', 'console'].includes(language));
const commands = written.flatMap(({ path, lines }) => lines.flatMap(commandsOf).map((command) => ({ path, command })));

/** Without the comment behind it; each of those that are joined by &&. */
function commandsOf(line: string): readonly string[] {
  const code = (line.startsWith('#') ? '' : line.split(/\s+#\s/, 1)[0]) ?? '';
  return code
    .split('&&')
    .map((command) => command.trim())
    .filter((command) => command !== '');
}

test('every command in a block of code is run by a test, or it is written down why not', () => {
  expect(commands.length).toBeGreaterThan(10);
  expect(commands.filter(({ command }) => COMMANDS[command] === undefined)).toEqual([]);
});

test('nothing is written down of commands that no document has, and of tests that there are not', () => {
  const known = new Set(commands.map(({ command }) => command));

  expect(Object.keys(COMMANDS).filter((command) => !known.has(command))).toEqual([]);
  const files = Object.values(COMMANDS).flatMap((treatment) => ('ranBy' in treatment ? [treatment.ranBy] : []));
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('each block of code names its language', () => {
  expect(pages.flatMap(({ blocks }) => blocks).filter(({ language }) => language === '')).toEqual([]);
});

/** The scripts that npm runs for the reader of a page: those of the nearest package.json. */
function scriptsFor(path: string): ReadonlySet<string> {
  const folder = dirname(path);
  const file = join(ROOT, folder, 'package.json');
  if (!existsSync(file)) return scriptsFor(folder);
  return new Set(Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { scripts?: object }).scripts ?? {}));
}

test('every script of npm and every program that a document names is there', () => {
  const scripts = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm (?:run (?:-s )?)?(start|test|(?<=run )[a-z][\w:-]*)/g)].map(([, name = '']) => ({ path, name })),
  );
  const programs = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnode ((?:src|scripts|bench)\/[\w./-]+)/g)].map(([, name = '']) => ({ path, name })),
  );

  expect(scripts.length).toBeGreaterThan(40);
  expect(programs.length).toBeGreaterThan(3);
  expect(scripts.filter(({ path, name }) => !scriptsFor(path).has(name) && !scriptsFor('README.md').has(name))).toEqual([]);
  expect(programs.filter(({ name }) => !existsSync(join(ROOT, name)))).toEqual([]);
});
