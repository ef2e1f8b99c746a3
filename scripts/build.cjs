/* eslint-disable -- runs on any Node, so that `npm ci` never fails for it. */
'use strict';
/**
 * Bundles the gateway and its commands into a few files in `dist/bundle`, which start three times as fast as their sources, and GraphiQL into `dist/pages`:
 * `npm ci` runs it, and `npm start`, with `--if-older`, for what a source is newer than. Where it cannot (no bundler, an old Node.js) the gateway starts all the same, from its sources, and the page says what to do.
 */
var path = require('path');
var fs = require('fs');
/** Of newest-source.mjs. */
var isCurrent;
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
    isWanted('dist/bundle/main.cjs') &&
      bundleGateway(bundler).catch(function (error) {
        removeBundle();
        console.error('The bundle could not be made (' + reasonOf(error) + '), so npm start runs the sources.');
      }),
    isWanted('dist/pages/graphiql.html') &&
      buildPages(bundler).catch(function (error) {
        console.error('GraphiQL could not be built (' + reasonOf(error) + '); the gateway works without it.');
      }),
  ]);
}

async function bundleGateway(bundler) {
  var bundle = await import('./build-bundle.mjs');
  await bundle.buildBundle(bundler);
  // A start that finds older files makes them anew, and is not kept waiting for more. A bundle that could not be warmed up is a good one.
  if (!process.argv.includes('--if-older')) await import('./warm-up.mjs').catch(function () {});
}

/** Half a bundle is none; where nothing can be written there is none either. */
function removeBundle() {
  try {
    fs.rmSync(path.join(root, 'dist/bundle'), { recursive: true, force: true });
  } catch (error) {}
}

async function buildPages(bundler) {
  var pages = await import('./build-pages.mjs');
  await pages.buildPages(bundler);
}

function reasonOf(error) {
  return error && error.message ? String(error.message).split('\n')[0] : String(error);
}

/** `npm ci` builds everything. A start builds what is missing, as after `npm ci --ignore-scripts`, or older than its sources, as after a change. */
function isWanted(result) {
  return !process.argv.includes('--if-older') || !isCurrent(result);
}

import('./newest-source.mjs').then(function (newest) {
  isCurrent = newest.isCurrent;
  if (isWanted('dist/bundle/main.cjs') || isWanted('dist/pages/graphiql.html')) build();
});
