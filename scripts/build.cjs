/* eslint-disable -- runs on any Node, so that `npm ci` never fails for it. */
'use strict';
/**
 * Bundles the gateway into one file, `dist/bundle/main.js`, which starts three times as fast as its sources: `npm ci` runs it. Where it
 * cannot (no bundler, an old Node.js) nothing is lost but that time: `npm start` runs the sources.
 */
var path = require('path');
var fs = require('fs');
var root = path.join(__dirname, '..');

async function build() {
  var bundler;
  try {
    bundler = await import('rolldown');
  } catch {
    console.log('The bundler is not installed, so npm start runs the sources.');
    return;
  }
  var bundle = await bundler.rolldown({
    input: path.join(root, 'src/main.ts'),
    platform: 'node',
    cwd: root,
    logLevel: 'silent',
  });
  // As deep as the sources are, so that paths from there to the root are the same.
  await bundle.write({ dir: path.join(root, 'dist/bundle'), format: 'esm', sourcemap: true, cleanDir: true });
  await bundle.close();
}

build().catch(function (error) {
  fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  console.log(
    'The bundle could not be made (' +
      (error && error.message ? String(error.message).split('\n')[0] : error) +
      '), so npm start runs the sources.',
  );
});
