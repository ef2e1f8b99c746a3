/* eslint-disable -- runs on any Node, so that `npm ci` never fails for it. */
'use strict';
/**
 * Bundles the gateway and its commands into a few files in `dist/bundle`, which start three times as fast as their sources, and GraphiQL into `dist/pages`:
 * `npm ci` runs it. Where it cannot (no bundler, an old Node.js) the gateway starts all the same, from its sources, and the page says what to do.
 */
var path = require('path');
var fs = require('fs');
var root = path.join(__dirname, '..');

async function build() {
  var bundler;
  try {
    bundler = await import('rolldown');
  } catch {
    console.error('The bundler is not installed, so npm start runs the sources.');
    return;
  }
  await Promise.all([
    bundleGateway(bundler).catch(function (error) {
      fs.rmSync(path.join(root, 'dist/bundle'), { recursive: true, force: true });
      console.error('The bundle could not be made (' + reasonOf(error) + '), so npm start runs the sources.');
    }),
    buildPages(bundler).catch(function (error) {
      console.error('GraphiQL could not be built (' + reasonOf(error) + '); the gateway works without it.');
    }),
  ]);
}

async function bundleGateway(bundler) {
  var bundle = await bundler.rolldown({
    input: {
      main: path.join(root, 'src/main.ts'),
      check: path.join(root, 'src/commands/check.ts'),
      connect: path.join(root, 'src/commands/connect.ts'),
      key: path.join(root, 'src/commands/key.ts'),
    },
    platform: 'node',
    cwd: root,
    logLevel: 'silent',
  });
  // As deep as the sources are, so that paths from there to the root are the same.
  await bundle.write({ dir: path.join(root, 'dist/bundle'), format: 'esm', sourcemap: true, cleanDir: true });
  await bundle.close();
}

async function buildPages(bundler) {
  var pages = await import('./build-pages.mjs');
  await pages.buildPages(bundler);
}

function reasonOf(error) {
  return error && error.message ? String(error.message).split('\n')[0] : String(error);
}

// `npm ci --ignore-scripts` has not run it: then the first start does.
if (!process.argv.includes('--if-missing') || !fs.existsSync(path.join(root, 'dist'))) build();
