/* eslint-disable -- runs on any Node, so that `npm ci` never fails for it. */
'use strict';
/**
 * Bundles the gateway and its commands into a few files in `dist/bundle`, which start three times as fast as their sources, and GraphiQL into `dist/pages`:
 * `npm ci` runs it, and `npm start`, with `--if-older`, for what its sources have changed since. Where it cannot (no bundler, an old Node.js) the gateway starts all the same, from its sources, and the page says what to do.
 */
/** Of made-of.mjs. */
var isCurrent;
var BUNDLE = 'dist/bundle/main.js';
var PAGES = 'dist/pages/graphiql.html';

async function build() {
  var bundler;
  try {
    bundler = await import('rolldown');
  } catch {
    console.error('The bundler is not installed, so npm start runs the sources.');
    return;
  }
  await Promise.all([
    isWanted(BUNDLE) &&
      bundleGateway(bundler).catch(function (error) {
        console.error('The bundle could not be made (' + reasonOf(error) + '), so npm start runs the sources.');
      }),
    isWanted(PAGES) &&
      buildPages(bundler).catch(function (error) {
        console.error('GraphiQL could not be built (' + reasonOf(error) + '); the gateway works without it.');
      }),
  ]);
}

async function bundleGateway(bundler) {
  var bundle = await import('./build-bundle.mjs');
  await make(BUNDLE, function (folder) {
    return bundle.buildBundle(bundler, folder);
  });
  // A start that finds older files makes them anew, and is not kept waiting for more. A bundle that could not be warmed up is a good one.
  if (!process.argv.includes('--if-older')) await import('./warm-up.mjs').catch(function () {});
}

async function buildPages(bundler) {
  var pages = await import('./build-pages.mjs');
  await make(PAGES, function (folder) {
    return pages.buildPages(bundler, folder);
  });
}

async function make(result, fill) {
  var making = await import('./make-result.mjs');
  await making.makeResult(result, fill, isWanted);
}

function reasonOf(error) {
  return error && error.message ? String(error.message).split('\n')[0] : String(error);
}

/** `npm ci` builds everything. A start builds what is missing, as after `npm ci --ignore-scripts`, or made of other sources, as after a change. */
function isWanted(result) {
  return !process.argv.includes('--if-older') || !isCurrent(result);
}

import('./made-of.mjs').then(function (madeOf) {
  isCurrent = madeOf.isCurrent;
  if (isWanted(BUNDLE) || isWanted(PAGES)) build();
});
