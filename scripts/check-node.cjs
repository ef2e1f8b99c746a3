/* eslint-disable -- runs on any Node, so it is written in the oldest syntax. */
'use strict';
var parts = process.versions.node.split('.');
var major = Number(parts[0]);
var minor = Number(parts[1]);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    'crm-gateway needs Node.js 22.18 or newer; this is ' +
      process.versions.node +
      '.\n' +
      '`npm ci` brings Node.js 24 on Linux; do not leave out optional dependencies (--omit=optional).\n' +
      'Elsewhere, install Node.js 24 from https://nodejs.org and try again.',
  );
  process.exit(1);
}
