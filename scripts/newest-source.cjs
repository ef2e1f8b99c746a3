/* eslint-disable -- runs on any Node, as build.cjs does. */
'use strict';
var fs = require('fs');
var path = require('path');
var root = path.join(__dirname, '..');

/** What each result of build.cjs is made of; package-lock.json stands for all packages. */
var SOURCES = {
  'dist/bundle/main.js': ['src', 'package-lock.json'],
  'dist/pages/graphiql.html': ['web/graphiql', 'examples', 'scripts/build-pages.mjs', 'package-lock.json'],
};
/** Of `examples` the operations alone are in a page: other folders there are programs of their own. */
var FLAT = ['examples'];

/** Whether a result of build.cjs is there and no source of it is newer. Takes some milliseconds. */
function isCurrent(result) {
  try {
    var builtAt = fs.statSync(path.join(root, result)).mtimeMs;
    return SOURCES[result].every(function (source) {
      return isOlder(path.join(root, source), FLAT.indexOf(source) === -1, builtAt);
    });
  } catch (error) {
    return false;
  }
}

function isOlder(file, isDeep, builtAt) {
  var stats = fs.statSync(file);
  if (!stats.isDirectory()) return stats.mtimeMs <= builtAt;
  return fs.readdirSync(file, { withFileTypes: true }).every(function (entry) {
    return (entry.isDirectory() && !isDeep) || isOlder(path.join(file, entry.name), isDeep, builtAt);
  });
}

module.exports = { isCurrent: isCurrent };
