import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { GATEWAY, startProgram } from '../../support/processes/child-process.ts';

/** Ends by itself, and says why in one line. */
async function seeRefusal(environment: Readonly<Record<string, string>>): Promise<string> {
  await using gateway = startProgram(GATEWAY, { environment });
  expect(await gateway.exitCode).toBe(1);
  expect(gateway.output().trim().split('\n')).toHaveLength(1);
  return gateway.output();
}

describe('a gateway on its sandbox that cannot listen ends, and says which setting to change', () => {
  test('when the port is taken', async () => {
    await using other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    expect(await seeRefusal({ PORT: String(port) })).toContain(`PORT ${port}: another program does`);
  });

  test('when the address is of another machine', async () => {
    const keys = `tester contacts:read sha256:${'0'.repeat(64)}`;
    // An address that is kept for documentation. @see https://www.rfc-editor.org/rfc/rfc5737
    expect(await seeRefusal({ PORT: '0', HOST: '192.0.2.1', API_KEYS: keys })).toContain('HOST is no address of this machine');
  });
});
