import type { FaultEffect } from '../src/sandbox/fault.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';

// A process of its own, so that its memory is not counted with the gateway's. Prints one line of JSON: the environment for a gateway.
const { onlyoffice, kommo, callgear, environment } = await startSandbox({ callgear: { quotas: {} } });
const servers = [onlyoffice, kommo, callgear];

/** One request a second of each CRM meets with one of these, in turn. */
const TROUBLES: readonly FaultEffect[] = [
  { kind: 'alter', alter: () => ({ odd: true }) },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'respond', status: 503, headers: { 'retry-after': '1' } },
  { kind: 'delay', delayMs: 800 },
  { kind: 'respond', status: 500, contentType: 'text/html', body: '<html></html>' },
  { kind: 'hang' },
  { kind: 'respond', status: 429, contentType: 'text/html', headers: { 'retry-after': '1' } },
  { kind: 'respond', status: 401 },
];
/** And once a minute one CRM after another is down altogether, for so many seconds. */
const OUTAGE_EVERY = 60;
const OUTAGE_SECONDS = 5;

let second = 0;
setInterval(() => {
  second += 1;
  for (const [index, server] of servers.entries()) {
    const isOut = second % OUTAGE_EVERY < OUTAGE_SECONDS && Math.floor(second / OUTAGE_EVERY) % servers.length === index;
    const effect = TROUBLES[(second + index) % TROUBLES.length] ?? { kind: 'reset' };
    server.setFaults([isOut ? { route: '*', effect: { kind: 'reset' } } : { route: '*', times: 1, effect }]);
    // Their logs of requests would grow for ever.
    server.requests.length = 0;
  }
}, 1_000);
// Ends with whoever started it.
process.stdin.on('end', () => process.exit()).resume();
console.log(JSON.stringify(environment));
