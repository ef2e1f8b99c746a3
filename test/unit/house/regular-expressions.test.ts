import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { parseSync, Visitor } from 'oxc-parser';
import { analyse } from 'scslre';
import type { RegexpTask } from '../../support/regular-expressions/regexp-worker.ts';
import { afterEach, describe, expect, test } from 'vitest';

/**
 * Every regular expression of src takes linear time, so that each may be used on a text of any length from outside. These are put together
 * while the gateway runs, and may be, as nothing from outside is in them:
 */
const MADE_AT_RUN_TIME: Readonly<Record<string, string>> = {
  'src/sandbox/callgear/filtering/posix-regexp.ts': "CallGear's ~ takes them; the datasource sends classes without loops within loops",
  'src/sandbox/kommo/routes.ts': "of the sandbox's own table of routes",
  'src/sandbox/onlyoffice/routing.ts': "of the sandbox's own table of routes",
};

const LENGTH = 100_000;
/** In so many characters a quadratic expression takes seconds, a linear one some milliseconds. */
const CPU_MS_MAX = 500;
/** An exponential one does not end. */
const GIVE_UP_MS = 20_000;

const ROOT = join(import.meta.dirname, '../../..');

interface Found {
  readonly places: string[];
  readonly source: string;
  readonly flags: string;
}

const literals = new Map<string, Found>();
const madeAtRunTime = new Set<string>();
for (const path of globSync('src/**/*.ts', { cwd: ROOT })) {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const noteCall = ({ callee }: { callee: { type: string; name?: string } }) => {
    if (callee.type === 'Identifier' && callee.name === 'RegExp') madeAtRunTime.add(path);
  };
  new Visitor({
    Literal(node) {
      if (!('regex' in node)) return;
      const { pattern: source, flags } = node.regex;
      const place = `${path}:${text.slice(0, node.start).split('\n').length}`;
      const known = literals.get(`/${source}/${flags}`);
      if (known === undefined) literals.set(`/${source}/${flags}`, { places: [place], source, flags });
      else known.places.push(place);
    },
    NewExpression: noteCall as never,
    CallExpression: noteCall as never,
  }).visit(parseSync(path, text).program);
}

/** Started anew after an expression that does not end. */
let worker: Worker | undefined;

function slowestRun({ source, flags }: Pick<Found, 'source' | 'flags'>, length = LENGTH): Promise<{ ms: number; text: string }> {
  const running = (worker ??= new Worker(new URL('../../support/regular-expressions/regexp-worker.ts', import.meta.url)));
  return new Promise((resolve, reject) => {
    const clock = setTimeout(() => {
      worker = undefined;
      resolve({ ms: Infinity, text: 'not over' });
      void running.terminate();
    }, GIVE_UP_MS);
    running.once('error', reject);
    running.once('message', (slowest: { ms: number; text: string }) => {
      clearTimeout(clock);
      running.removeAllListeners('error');
      resolve(slowest);
    });
    running.postMessage({ source, flags, length, enoughMs: CPU_MS_MAX } satisfies RegexpTask);
  });
}

describe('every regular expression of src takes linear time', { timeout: 60_000 }, () => {
  afterEach(async () => {
    await worker?.terminate();
    worker = undefined;
  });

  test('in its form', () => {
    expect(literals.size).toBeGreaterThan(50);
    const doubtful = [...literals.values()].flatMap(({ places, source, flags }) => {
      const reports = analyse({ source, flags }).reports.map(({ type }) => type);
      return reports.length === 0 ? [] : [`${places.join(', ')}: /${source}/${flags} (${reports.join()})`];
    });

    expect(doubtful).toEqual([]);
  });

  test('on 100,000 characters of its own alphabet', async () => {
    const slow: string[] = [];
    for (const found of literals.values()) {
      const { ms, text } = await slowestRun(found);
      if (ms > CPU_MS_MAX) slow.push(`${found.places.join(', ')}: /${found.source}/${found.flags} took ${ms} ms on ${text}`);
    }

    expect(slow).toEqual([]);
  });

  test('or is put together of nothing from outside', () => {
    expect([...madeAtRunTime].toSorted()).toEqual(Object.keys(MADE_AT_RUN_TIME).toSorted());
  });
});

describe('the check finds', { timeout: 60_000 }, () => {
  afterEach(async () => {
    await worker?.terminate();
    worker = undefined;
  });

  test.each([/повтор\S* (?:запрос|попытк)/iu, /(^|\s)_+|_+(?=\s|$)/g])(
    'a quadratic expression, on fewer characters: %s',
    async ({ source, flags }) => {
      expect((await slowestRun({ source, flags }, LENGTH / 5)).ms).toBeGreaterThan(50);
    },
  );
});
