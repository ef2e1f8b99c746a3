import { builtinModules } from 'node:module';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const PREFIX = '\0builtin:';
/** The bundler's own few functions need it first of all. */
const IMPORTED = 'module';

/**
 * Bundles the gateway and its commands. What a start costs grows with the text that is loaded and with what of Node.js is loaded for it, so comments go,
 * and other characters than ASCII are escaped: one alone would double the memory that V8 needs for a file. Lines and the names of functions stay, for the traces of errors.
 *
 * @param bundler The module `rolldown`.
 * @param dir The folder for it, as deep as those of the sources, so that paths from there to the root are the same.
 */
export async function buildBundle(bundler, dir) {
  const programs = { main: 'src/main.ts', check: 'src/commands/check.ts', connect: 'src/commands/connect.ts', key: 'src/commands/key.ts' };
  await write(bundler, programs, { dir, format: 'esm' });
}

async function write(bundler, input, output) {
  const bundle = await bundler.rolldown({
    input,
    platform: 'node',
    cwd: ROOT,
    logLevel: 'silent',
    plugins: [builtinsAreRequired(), linesAreReplaced(), phoneTablesAreMadeOnUse(), listFormatsAreMadeOnUse()],
  });
  await bundle.write({
    sourcemap: true,
    comments: false,
    minify: {
      compress: { keepNames: { function: true, class: true }, joinVars: false, sequences: false },
      mangle: { keepNames: true },
      codegen: { removeWhitespace: false, asciiOnly: true },
    },
    ...output,
  });
  await bundle.close();
}

/**
 * Of Node.js' own modules, only what is used is read. An import makes a name of each thing that a module exports, and so reads them all, also those that are made when they
 * are first read: `import 'node:http'` loads Node.js' client for fetch and WebSocket, 30 ms and 6 MB.
 */
function builtinsAreRequired() {
  return {
    name: 'builtins-are-required',
    resolveId(id, _importer, { kind }) {
      const name = id.replace(/^node:/, '');
      return kind === 'import-statement' && name !== IMPORTED && builtinModules.includes(name) ? PREFIX + name : null;
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return null;
      const name = id.slice(PREFIX.length);
      return name === 'http2' ? LAZY_HTTP2 : membersOf(name);
    },
  };
}

function membersOf(name) {
  const members = Object.keys(process.getBuiltinModule(name)).filter((member) => member !== 'default');
  return [
    `const builtin = process.getBuiltinModule('${name}');`,
    'export default builtin;',
    // Whatever is not used is left out of the bundle.
    ...members.map((member) => `export const ${member} = /* @__PURE__ */ (() => builtin.${member})();`),
  ].join('\n');
}

/** got imports it, and uses it where it is told to speak HTTP/2, which takes another 20 ms to load. */
const LAZY_HTTP2 = `
const builtin = () => process.getBuiltinModule('http2');
export const constants = ${JSON.stringify(process.getBuiltinModule('http2').constants)};
export class Http2ServerResponse {
  static [Symbol.hasInstance](value) {
    return value instanceof builtin().Http2ServerResponse;
  }
}
export default { constants, connect: (...given) => builtin().connect(...given) };
`;

/** Lines of packages that the bundle has otherwise, and does the same with. Where one is no longer found, which a test shows, the bundle is slower. */
export const REPLACED = [
  // Yoga's server compares its class of requests with that of Node.js, which loads the latter, and is always another one.
  { file: '@whatwg-node/server/esm/createServerAdapter.js', text: 'fetchAPI.Request !== globalThis.Request', by: 'true' },
  // got writes the address of each call down four times without its credentials, and parses it for that each time, also where it has none.
  {
    file: 'got/dist/source/core/utils/strip-url-auth.js',
    text: 'const sanitized = new URL(url);',
    by: "if (url instanceof URL && url.username === '' && url.password === '') return url.href;\nconst sanitized = new URL(url);",
  },
];

function linesAreReplaced() {
  return {
    name: 'lines-are-replaced',
    transform(code, id) {
      const found = REPLACED.find(({ file }) => id.endsWith(`/node_modules/${file}`));
      return found === undefined ? null : code.replace(found.text, () => found.by);
    },
  };
}

/** The numbering plans of all countries become objects when a number is first parsed. */
function phoneTablesAreMadeOnUse() {
  return {
    name: 'phone-tables-are-made-on-use',
    transform(code, id) {
      if (!/\/libphonenumber-js\/metadata\.\w+\.json\.js$/.test(id)) return null;
      const table = code.slice(code.indexOf('export default') + 'export default'.length);
      const members = Object.keys(JSON.parse(table));
      const getters = members.map((member) => `get ${member}() { return read().${member}; }`);
      return `let table;\nconst read = () => (table ??= ${table});\nexport default { ${getters.join(', ')} };`;
    },
  };
}

/** got's checks of types have formats for their messages. The first one that is made reads the names of all locales, which takes 20 ms. */
function listFormatsAreMadeOnUse() {
  return {
    name: 'list-formats-are-made-on-use',
    transform(code, id) {
      return id.includes('/@sindresorhus/is/')
        ? code.replaceAll(/= (new Intl\.ListFormat\([^()]*\));/g, '= { format: (list) => $1.format(list) };')
        : null;
    },
  };
}
