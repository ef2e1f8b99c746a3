import { startSandbox } from '../src/sandbox/sandbox.ts';

// A process of its own, so that its memory is not counted with the gateway's. Prints one line of JSON: the environment for a gateway.
const { onlyoffice, kommo, callgear, environment } = await startSandbox({ callgear: { quotas: {} } });
const servers = [onlyoffice, kommo, callgear];

/** One answer in a hundred is none that fits the contract. */
const ODD_EVERY = 100;
let answers = 0;
const sometimesOdd = (body: unknown): unknown => {
  answers += 1;
  return answers % ODD_EVERY === 0 ? { odd: true } : body;
};
for (const server of servers) server.setFaults([{ route: '*', effect: { kind: 'alter', alter: sometimesOdd } }]);
// Their logs of requests would grow for ever.
setInterval(() => {
  for (const { requests } of servers) requests.length = 0;
}, 1_000);
// Ends with whoever started it.
process.stdin.on('end', () => process.exit()).resume();
console.log(JSON.stringify(environment));
