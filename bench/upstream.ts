import { startSandbox } from '../src/sandbox/sandbox.ts';
import { startReplayServer } from './replay-server.ts';

// A process of its own, so that its CPU is not counted with the gateway's. Prints one line of JSON: the environment for a gateway.
const sandbox = await startSandbox({ callgear: { quotas: {} } });
const { environment } = sandbox;
const [onlyoffice, kommo, callgear] = await Promise.all([
  startReplayServer(environment.ONLYOFFICE_URL),
  startReplayServer(environment.KOMMO_URL),
  startReplayServer(environment.CALLGEAR_URL),
]);
console.log(JSON.stringify({ ...environment, ONLYOFFICE_URL: onlyoffice.url, KOMMO_URL: kommo.url, CALLGEAR_URL: callgear.url }));
