/** Makes GraphiQL as files that are named by their content, each also compressed. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'web/graphiql');
const EXAMPLES = join(ROOT, 'examples');
/** One step below the best, which takes five times as long for a few kilobytes. */
const BROTLI_QUALITY = 9;

/** Builds the pages with the bundler (rolldown) into a folder. */
export async function buildPages(bundler, folder) {
  await mkdir(join(folder, 'assets'));
  const html = await readFile(join(PAGE, 'graphiql.html'), 'utf8');
  const script = await writeAsset(folder, 'graphiql.js', await bundled(bundler));
  const styles = await writeAsset(folder, 'graphiql.css', await stylesheet());
  await writeCompressed(join(folder, 'graphiql.html'), html.replace('/assets/graphiql.js', script).replace('/assets/graphiql.css', styles));
}

/** One file: the editor's parts are loaded at once anyway, and each file more is a trip to the server more. */
async function bundled({ rolldown }) {
  const bundle = await rolldown({
    input: join(PAGE, 'main.tsx'),
    platform: 'browser',
    cwd: ROOT,
    logLevel: 'silent',
    transform: { define: { 'process.env.NODE_ENV': '"production"' }, jsx: 'react-jsx' },
    resolve: { alias: { 'framer-motion': join(PAGE, 'plain-tabs.tsx') } },
    moduleTypes: { '.css': 'empty' },
    plugins: [{ name: 'examples', resolveId: (id) => (id === 'virtual:examples' ? id : null), load: loadExamples }],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false });
  await bundle.close();
  return output[0].code;
}

async function loadExamples(id) {
  return id === 'virtual:examples' ? `export const EXAMPLES = ${JSON.stringify(await readExamples())};` : null;
}

/** The operations of `examples/` with their variables, in the order of their file names: the tabs that GraphiQL opens with. */
export async function readExamples() {
  const names = (await readdir(EXAMPLES)).toSorted();
  return Promise.all(
    names
      .filter((name) => name.endsWith('.graphql'))
      .map(async (name) => {
        const query = await readFile(join(EXAMPLES, name), 'utf8');
        const variables = name.replace('.graphql', '.variables.json');
        return { query, ...(names.includes(variables) && { variables: await readFile(join(EXAMPLES, variables), 'utf8') }) };
      }),
  );
}

/** GraphiQL's styles without the fonts in them, four fifths of the file, and the page's own. */
async function stylesheet() {
  const stock = await readFile(createRequire(import.meta.url).resolve('graphiql/style.css'), 'utf8');
  const own = await readFile(join(PAGE, 'console.css'), 'utf8');
  return stock.replaceAll(/@font-face\s*\{[^}]*\}/g, '') + own;
}

/** @returns The path that the page loads it from. */
async function writeAsset(folder, name, content) {
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 12);
  const extension = extname(name);
  const path = `/assets/${basename(name, extension)}-${hash}${extension}`;
  await writeCompressed(join(folder, path), content);
  return path;
}

async function writeCompressed(path, content) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_LGWIN]: 22 };
  await Promise.all([
    writeFile(path, content),
    promisify(brotliCompress)(content, { params }).then((bytes) => writeFile(`${path}.br`, bytes)),
    promisify(gzip)(content, { level: 9 }).then((bytes) => writeFile(`${path}.gz`, bytes)),
  ]);
}
