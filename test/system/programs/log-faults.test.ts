import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GATEWAY, makeFolder } from '../../support/processes/child-process.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/processes/free-port.ts';

const MAIN = join(import.meta.dirname, '../../..', GATEWAY);

/** Starts the gateway on its sandbox, its log going where a test says. `pipe`: to a pipe whose reader goes away when the gateway is ready. */
async function startLogging(output: number | 'pipe') {
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], PORT: String(port), LOG_LEVEL: 'info' },
    stdio: ['ignore', output, 'pipe'],
  });
  let notices = '';
  child.stderr?.on('data', (chunk: Buffer) => (notices += chunk.toString()));
  const ended = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  await eventually(() => fetch(`${url}/ready`));
  child.stdout?.destroy();
  const ask = async <Data>(query: string): Promise<Data> => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return ((await answer.json()) as { data: Data }).data;
  };
  return {
    ask,
    notices: () => notices,
    linesLost: async () => Number(/^crm_gateway_log_lines_lost_total (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}
type Logging = Awaited<ReturnType<typeof startLogging>>;

interface Deletion {
  readonly outcome: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const firstId = async ({ ask }: Logging): Promise<string> => {
  const { contacts } = await ask<{ contacts: { nodes: { id: string }[] } }>(
    '{ contacts(first: 1, sources: ["callgear"]) { nodes { id } } }',
  );
  return contacts.nodes[0]?.id ?? '';
};
const deleteFirst = async (gateway: Logging): Promise<Deletion> => {
  const { deleteContact } = await gateway.ask<{ deleteContact: { deletion: Deletion } }>(
    `mutation { deleteContact(input: { id: "${await firstId(gateway)}" }) { deletion { outcome error { code message } } } }`,
  );
  return deleteContact.deletion;
};

/** A file system of 16 KB, where this user may make one. */
async function makeSmallDisk() {
  const folder = await makeFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder.path], { stdio: 'ignore' });
  } catch {
    await folder[Symbol.asyncDispose]();
    return null;
  }
  return {
    path: folder.path,
    async [Symbol.asyncDispose]() {
      execFileSync('umount', [folder.path]);
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('when its log cannot be written the gateway answers, says so once, counts the lines, deletes nothing, and stops on SIGTERM:', () => {
  async function seeAllOfIt(gateway: Logging, reason: string): Promise<void> {
    const id = await firstId(gateway);
    expect(await deleteFirst(gateway)).toMatchObject({
      outcome: 'FAILED',
      error: { code: 'UNAVAILABLE', message: expect.stringContaining('audit log') },
    });
    expect(await firstId(gateway)).toBe(id);
    expect(await gateway.linesLost()).toBeGreaterThan(0);
    expect(gateway.notices().match(/cannot be written/g)).toHaveLength(1);
    expect(gateway.notices()).toContain(reason);
    expect(await gateway.stop()).toBe(0);
  }

  test('a full device', async () => {
    const full = openSync('/dev/full', 'w');
    await using gateway = await startLogging(full);
    closeSync(full);
    await seeAllOfIt(gateway, 'ENOSPC');
  });

  test('a pipe whose reader is gone', async () => {
    await using gateway = await startLogging('pipe');
    await seeAllOfIt(gateway, 'EPIPE');
  });

  test('a disk that becomes full; and with room again it logs and deletes again', async ({ skip }) => {
    await using disk = await makeSmallDisk();
    if (disk === null) return skip('Only root can make a small disk.');
    const path = join(disk.path, 'log');
    const log = openSync(path, 'a');
    await using gateway = await startLogging(log);
    closeSync(log);
    for (let number = 0; (await gateway.linesLost()) === 0 && number < 500; number += 1) await gateway.ask('{ __typename }');
    expect(await deleteFirst(gateway)).toMatchObject({ outcome: 'FAILED', error: { code: 'UNAVAILABLE' } });
    writeFileSync(path, '');
    expect(await deleteFirst(gateway)).toMatchObject({ outcome: 'DELETED', error: null });
    await eventually(() => expect(readFileSync(path, 'utf8')).toMatch(/"deletion attempt"[^]*"outcome":"DELETED"/));
    expect(gateway.notices().match(/cannot be written/g)).toHaveLength(1);
    expect(await gateway.stop()).toBe(0);
  });
});
