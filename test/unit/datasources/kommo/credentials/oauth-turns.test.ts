import { describe, expect, test } from 'vitest';
import { SourceError } from '../../../../../src/datasources/port/source-error.ts';
import { LostTurnError, type TokenPair } from '../../../../../src/datasources/credentials/token-store.ts';
import { MINUTE_MS, startConnected } from './connected-kommo.ts';

describe('the token store', () => {
  test("sends no refresh when it was paused and another process has the turn, and takes that one's pair", async () => {
    await using kommo = await startConnected({ expiresInMs: -1 });
    const { tokenStore } = kommo;
    const update = tokenStore.update.bind(tokenStore);
    tokenStore.update = async (source, change) => {
      const lost = new LostTurnError();
      const check = async () => {
        throw lost;
      };
      await expect(change(tokenStore.pair, { check })).rejects.toBe(lost);
      kommo.connect();
      return update(source, change);
    };
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(0);
  });

  test('checks its turn before it sends the same token once more, since waiting for a lost answer takes a while', async () => {
    await using kommo = await startConnected({ expiresInMs: -1 });
    const { tokenStore } = kommo;
    const update = tokenStore.update.bind(tokenStore);
    tokenStore.update = async (source, change) => {
      let checks = 0;
      const check = async () => {
        checks += 1;
        if (checks === 2) throw new LostTurnError();
      };
      const lost = await change(tokenStore.pair, { check }).catch((error: unknown) => error);
      expect(lost).toBeInstanceOf(LostTurnError);
      kommo.connect();
      return update(source, change);
    };
    kommo.fault({ kind: 'reset' });
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(1);
    expect(tokenStore.stored).toEqual([]);
  });

  test.each([
    ['stores it in the place of the pair that it was received for', false],
    ['leaves what another process has stored meanwhile', true],
  ])('loses its turn after it has received a pair, and %s', async (_what, isReplaced) => {
    await using kommo = await startConnected({ expiresInMs: -1 });
    const { tokenStore } = kommo;
    const update = tokenStore.update.bind(tokenStore);
    let received: TokenPair | null = null;
    tokenStore.update = async (source, change) => {
      received = await change(tokenStore.pair, { check: async () => undefined });
      if (isReplaced) kommo.connect();
      return update(source, change);
    };
    const other = () => tokenStore.pair;
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(1);
    if (isReplaced) expect(other()).not.toEqual(received);
    else expect(other()).toEqual(received);
  });

  test('goes on with a token that still lives while another process holds the lock, or the store cannot be read', async () => {
    await using kommo = await startConnected({ expiresInMs: 2 * MINUTE_MS });
    kommo.tokenStore.update = () => new Promise(() => undefined);
    expect((await kommo.find()).size).toBe(1);
    kommo.tokenStore.read = () => Promise.reject(new Error('no rights'));
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(0);
  });

  test('does not lose a pair that could not be stored at first', async () => {
    await using kommo = await startConnected({ expiresInMs: -1 });
    const { tokenStore } = kommo;
    const update = tokenStore.update.bind(tokenStore);
    tokenStore.update = async (_source, change) => {
      await change(tokenStore.pair, { check: async () => undefined });
      throw new Error('the disk is full');
    };
    await expect(kommo.find()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    tokenStore.update = update;
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(1);
    expect(tokenStore.stored).toHaveLength(1);
  });

  test('asks to connect when nothing is stored, without a call', async () => {
    await using kommo = await startConnected();
    kommo.tokenStore.pair = null;
    await expect(kommo.find()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('npm run connect -- kommo'),
    });
    expect(kommo.sandbox.requests).toHaveLength(0);
  });

  test('calls a store that cannot be used by a code, and shows nothing of it', async () => {
    await using kommo = await startConnected();
    kommo.tokenStore.read = () => Promise.reject(new Error('canary'));
    const error = await kommo.find().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).not.toContain('canary');
  });
});
