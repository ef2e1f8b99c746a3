/** For `node --import`: writes to standard error, when the process ends, the packages and the parts of Node.js that it has loaded. */
import module from 'node:module';
import { writeSync } from 'node:fs';

const packages = new Set();
module.registerHooks({
  load(url, context, next) {
    const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
    if (name !== undefined) packages.add(name);
    else if (url.includes('/dist/bundle/')) packages.add(url.slice(url.indexOf('dist/bundle/')));
    return next(url, context);
  },
});
process.on('exit', () => {
  const parts = process.moduleLoadList.map((part) => part.split(' ').at(-1));
  writeSync(2, `loaded: ${[...packages, ...parts].join(' ')}\n`);
});
