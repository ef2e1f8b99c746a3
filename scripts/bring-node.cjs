/* eslint-disable -- runs on any Node, so it is written in the oldest syntax. */
'use strict';
/**
 * Sees to a Node.js that can run the gateway, before every npm script that needs one. The host's own is used where it is new enough, so that
 * its security updates count. Where it is older, the version that scripts/node-runtime pins, by its checksum, is installed through npm and put
 * first for npm scripts (node_modules/.bin); nothing outside this folder changes.
 */
var fs = require('fs');
var path = require('path');
var spawnSync = require('child_process').spawnSync;

var LEAST = [22, 18];
var root = path.join(__dirname, '..');
var runtime = path.join(__dirname, 'node-runtime');

function isEnough(version) {
  var parts = version.split('.').map(Number);
  return parts[0] > LEAST[0] || (parts[0] === LEAST[0] && parts[1] >= LEAST[1]);
}

/** Runs npm as whoever runs this did. */
function install() {
  var given = ['ci', '--prefix', runtime, '--ignore-scripts', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  var npm = process.env.npm_execpath;
  var environment = Object.assign({}, process.env);
  // What npm was called with is for the gateway's own packages.
  ['npm_config_omit', 'npm_config_include', 'npm_config_only', 'npm_config_production', 'npm_config_prefix'].forEach(function (name) {
    delete environment[name];
  });
  var options = { cwd: runtime, env: environment, stdio: ['ignore', 'ignore', 'inherit'] };
  var result = npm && /\.c?js$/.test(npm) ? spawnSync(process.execPath, [npm].concat(given), options) : spawnSync('npm', given, options);
  return result.status === 0;
}

function bring() {
  var binary = path.join(runtime, 'node_modules', 'node-' + process.platform + '-' + process.arch, 'bin', 'node');
  if (!fs.existsSync(binary)) {
    console.error('Node.js ' + process.versions.node + ' is too old for crm-gateway; npm brings Node.js 24 (50 MB) for it alone …');
    if (!install() || !fs.existsSync(binary)) return false;
  }
  var bin = path.join(root, 'node_modules', '.bin');
  var link = path.join(bin, 'node');
  fs.mkdirSync(bin, { recursive: true });
  try {
    fs.unlinkSync(link);
  } catch (error) {
    // There was none.
  }
  fs.symlinkSync(path.relative(bin, binary), link);
  return true;
}

if (!isEnough(process.versions.node) && !bring()) {
  console.error(
    'crm-gateway needs Node.js ' +
      LEAST.join('.') +
      ' or newer; this is ' +
      process.versions.node +
      ', and npm could not bring a newer one.\nInstall Node.js 24 from https://nodejs.org and try again.',
  );
  process.exit(1);
}
