import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createIdentityKit } from '../../../src/federation/identity/identity-kit.ts';
import type { IndexClock } from '../../../src/indexing/index-settings.ts';
import { SourceIndex } from '../../../src/indexing/source-index.ts';
import { createSources } from '../../../src/sources.ts';
import { createTestLog } from '../../support/call.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What an index has cost at a moment of its clock. */
interface Sample {
  readonly at: number;
  readonly calls: number;
}

/** Keeps the index of a source by a clock that goes on at once wherever somebody waits. */
async function keepIndex(
  gateway: TestGateway,
  name: string,
  { untilMs, maxAgeMs, quotaShare }: { readonly untilMs: number; readonly maxAgeMs: number; readonly quotaShare: number },
) {
  const identityKit = createIdentityKit(gateway.settings);
  const log = createTestLog();
  const source = createSources(gateway.settings, log, { identityKit }).get(name);
  if (source === undefined) throw new Error('no such source');
  const begun = Date.now();
  let time = begun;
  const samples: Sample[] = [];
  const clock: IndexClock = {
    now: () => time,
    sleep: async (ms, signal) => {
      samples.push({ at: time - begun, calls: gateway.requests().length });
      time += ms;
      if (time - begun > untilMs) index.stop();
      await nextTurn();
      signal.throwIfAborted();
    },
    giveWay: () => nextTurn(),
  };
  const index = new SourceIndex({
    source,
    settings: { maxAgeMs, quotaShare, callTimeMs: 20_000 },
    clock,
    log,
    hash: (record) => identityKit.hashed(record),
  });
  await index.run();
  return { samples, state: index.state, lines: log.lines };
}

/** Calls from a moment up to another one, which does not count. */
function callsBetween(samples: readonly Sample[], from: number, to: number): number {
  const before = (moment: number) => samples.findLast(({ at }) => at < moment)?.calls ?? 0;
  return before(to) - before(from);
}

function only(name: 'onlyoffice' | 'kommo' | 'callgear', options: TestGatewayOptions): Promise<TestGateway> {
  const others = Object.fromEntries((['onlyoffice', 'kommo', 'callgear'] as const).filter((one) => one !== name).map((one) => [one, null]));
  return startTestGateway({ ...others, ...options });
}

test('an index takes no more than its share of a day quota, and goes on when the day is over', async () => {
  await using gateway = await only('callgear', { callgear: { quotas: { minute: 10_000, day: 500 } } });

  // Each hour but a tenth the whole list: 27 calls a day if nothing held it back.
  const { samples, lines } = await keepIndex(gateway, 'callgear', { untilMs: 3 * DAY_MS, maxAgeMs: HOUR_MS, quotaShare: 0.02 });

  const days = [0, 1, 2].map((day) => callsBetween(samples, day * DAY_MS, (day + 1) * DAY_MS));
  expect(days[0]).toBe(10);
  for (const calls of days) expect(calls).toBeLessThanOrEqual(10);
  expect(Math.min(...days)).toBeGreaterThan(5);
  expect(lines.filter(({ members }) => 'code' in members).map(({ members }) => members)).toContainEqual({
    source: 'callgear',
    code: 'QUOTA_EXHAUSTED',
  });
});

test.each(['onlyoffice', 'kommo', 'callgear'] as const)('%s is read whole at one call a second', async (name) => {
  await using gateway = await only(name, { population: { onlyoffice: 2_500, kommo: 1_000, callgear: 300 } });

  const { samples, state } = await keepIndex(gateway, name, { untilMs: 30_000, maxAgeMs: DAY_MS, quotaShare: 0.5 });

  expect(state.status).toBe('READY');
  expect(samples.at(-1)?.calls).toBeGreaterThanOrEqual(name === 'callgear' ? 1 : 4);
  const turns = samples.flatMap(({ at, calls }, index) => {
    const made = calls - (samples[index - 1]?.calls ?? 0);
    return made === 0 ? [] : [{ at, made }];
  });
  for (const [index, { at, made }] of turns.entries()) {
    if (index > 0) expect(at - (turns[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    // What has changed takes Kommo two calls in one turn.
    expect(made).toBeLessThanOrEqual(index === turns.length - 1 ? 2 : 1);
  }
});

test('more than 50 new contacts of ONLYOFFICE are found by one more call', async () => {
  await using gateway = await only('onlyoffice', { population: { onlyoffice: 300, kommo: 1, callgear: 1 } });
  const source = createSources(gateway.settings, createTestLog(), { identityKit: createIdentityKit(gateway.settings) }).get('onlyoffice');
  const { directory } = source ?? {};
  const call = () => ({ signal: new AbortController().signal, deadline: performance.now() + 20_000, meter: { count: () => undefined } });
  const contacts = gateway.onlyoffice.visibleContacts().toSorted((one, other) => other.id - one.id);
  const begun = Date.now();
  for (const [index, contact] of contacts.entries()) Object.assign(contact, { createdAtMs: begun - index * 60_000 });

  for (const [count, calls] of [
    [5, 1],
    [120, 2],
  ] as const) {
    gateway.clearCalls();
    const changes = await directory?.changesSince?.(new Date(begun - (count - 0.5) * 60_000), call());
    expect(changes?.isWhole).toBe(true);
    expect(changes?.changed.map(({ idInSource }) => idInSource)).toEqual(contacts.slice(0, count).map(({ id }) => String(id)));
    expect(gateway.calls()['onlyoffice GET /api/2.0/crm/contact/filter']).toBe(calls);
  }
});
