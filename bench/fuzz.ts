import { fuzzReplies } from '../test/support/fuzz/reply-fuzz.ts';
import { fuzzRequests, REQUEST_KINDS, startRequestTarget } from '../test/support/fuzz/request-fuzz.ts';

// npm run fuzz [-- COUNT [SEED]]: so many requests and so many changed replies. Ends with 1 when an answer is wrong, and dies with the gateway.
const COUNT = Number(process.argv[2] ?? 10_000);
const SEED = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
const FAULTS_SHOWN = 20;

console.log(`seed ${SEED}`);
const kinds = Object.keys(REQUEST_KINDS) as (keyof typeof REQUEST_KINDS)[];
{
  await using gateway = await startRequestTarget();
  for (const kind of kinds) {
    const startedAt = performance.now();
    await fuzzRequests(gateway, kind, { runs: Math.ceil(COUNT / kinds.length), seed: SEED });
    console.log(`${Math.ceil(COUNT / kinds.length)} ${kind}: no fault, ${Math.round(performance.now() - startedAt)} ms`);
  }
}
const { faults, lost, ...figures } = await fuzzReplies({ replies: COUNT, seed: SEED });
console.log('changed replies:', figures);
console.log(`${faults.length} faults${faults.length === 0 ? '' : ':'}`);
for (const fault of faults.slice(0, FAULTS_SHOWN)) console.log(`  ${fault}`);
console.log(`${lost.length} contacts lost with an odd member${lost.length === 0 ? '' : ', such as:'}`);
for (const contact of lost.slice(0, FAULTS_SHOWN)) console.log(`  ${contact}`);
process.exitCode = faults.length === 0 ? 0 : 1;
