import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MODULE = fileURLToPath(new URL('../../../src/platform/tune-v8.ts', import.meta.url));
/** A bit of what V8 tells of a function: it runs optimized. */
const IS_OPTIMIZED = 16;
/** Fewer calls of one function than V8 itself waits for, a few in each turn as a gateway makes them; the last ones wait for the compiler's thread. */
const program = (isTuned: boolean) => `
import { setTimeout as delay } from 'node:timers/promises';
import { tuneV8 } from ${JSON.stringify(MODULE)};
if (${isTuned}) tuneV8(0, 0);
await delay(20);
function add(one, other) { return one + other; }
for (let turn = 0; turn < 12; turn += 1) {
  for (let call = 0; call < 10; call += 1) add(call, turn);
  await delay(5);
}
const isOptimized = () => (%GetOptimizationStatus(add) & ${IS_OPTIMIZED}) !== 0;
for (let wait = 0; wait < ${isTuned ? 200 : 10} && !isOptimized(); wait += 1) {
  add(wait, 1);
  await delay(50);
}
console.log(isOptimized());`;

async function run(isTuned: boolean) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--allow-natives-syntax',
    '--input-type=module',
    '--eval',
    program(isTuned),
  ]);
  return { isOptimized: stdout.trim() === 'true', stderr };
}

test('V8 optimizes a function after some hundred calls, and knows all that it is told', async () => {
  expect(await run(true)).toEqual({ isOptimized: true, stderr: '' });
});

test('left alone, it waits longer', async () => {
  expect(await run(false)).toEqual({ isOptimized: false, stderr: '' });
});
