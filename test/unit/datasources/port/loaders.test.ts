import { expect, test } from 'vitest';
import { Loaders } from '../../../../src/datasources/port/loaders.ts';
import type { Entity, RecordOf } from '../../../../src/datasources/port/records/entity.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import { createCall } from '../../../support/call.ts';
import { InMemorySource, contactRecord } from '../../../support/in-memory-source.ts';

const KNOWN = contactRecord('crm', '1', { displayName: 'Ada' });

function createLoaders(failure?: SourceError) {
  const asked: string[][] = [];
  class Source extends InMemorySource {
    override async findByIds<E extends Entity>(_entity: E, ids: readonly string[]): Promise<ReadonlyMap<string, RecordOf<E>>> {
      asked.push([...ids]);
      if (failure) throw failure;
      return new Map(ids.filter((id) => id === '1').map((id) => [id, KNOWN as RecordOf<E>]));
    }
  }
  return { loaders: new Loaders(new Map([['crm', new Source({ name: 'crm' })]]), createCall()), asked };
}

test('ids that are asked for in one tick are one read, and each is asked for once', async () => {
  const { loaders, asked } = createLoaders();
  const found = await Promise.all(['1', '2', '1'].map((id) => loaders.find('crm', 'contact', id)));
  expect(found).toEqual([KNOWN, null, KNOWN]);
  await loaders.find('crm', 'contact', '2');
  expect(asked).toEqual([['1', '2']]);
});

test('a read that fails as a whole is the failure of each of its ids, and is not sent again', async () => {
  const failure = new SourceError('crm', 'UNAVAILABLE', 'crm cannot be reached');
  const { loaders, asked } = createLoaders(failure);
  await expect(loaders.find('crm', 'contact', '1')).rejects.toBe(failure);
  await expect(loaders.find('crm', 'contact', '1')).rejects.toBe(failure);
  expect(asked).toHaveLength(1);
});

test('a contact that came with a list costs nothing, until it is forgotten', async () => {
  const { loaders, asked } = createLoaders();
  loaders.prime(KNOWN, new Set());
  await loaders.find('crm', 'contact', '1');
  expect(asked).toEqual([]);
  loaders.clear('crm', 'contact', '1');
  await loaders.find('crm', 'contact', '1');
  expect(asked).toEqual([['1']]);
});

test('an unknown source knows nobody', async () => {
  await expect(createLoaders().loaders.find('other', 'contact', '1')).resolves.toBeNull();
});
