import { expect, test } from 'vitest';
import type { ContactSource } from '../../../src/datasources/port/contact-source.ts';
import type { ContactRecord } from '../../../src/datasources/port/records/contact.ts';
import { SourceError } from '../../../src/datasources/port/source-error.ts';
import { deleteContacts, type DeletionAuditEntry, type DeletionOptions } from '../../../src/federation/deletion.ts';
import { encodeSourceId, type SourceIdEntity } from '../../../src/federation/source-id.ts';
import { createWriteCall } from '../../support/call.ts';
import { contactRecord, InMemorySource } from '../../support/in-memory-source.ts';

/** A source that deletes what it has, and keeps what it was asked to. */
class DeletingSource extends InMemorySource {
  override readonly capabilities: ContactSource['capabilities'];
  readonly asked: string[] = [];

  constructor(name: string, deletableKinds: ContactSource['capabilities']['deletableKinds']) {
    super({ name });
    this.capabilities = { ...new InMemorySource({ name }).capabilities, deletableKinds };
  }

  override async deleteContacts(targets: Parameters<ContactSource['deleteContacts']>[0]): ReturnType<ContactSource['deleteContacts']> {
    this.asked.push(targets.map(({ entity, idInSource, before }) => `${entity} ${idInSource} ${nameOf(before)}`).join(', '));
    return new Map(targets.filter(({ idInSource }) => idInSource !== '99').map(({ idInSource }) => [idInSource, { outcome: 'DELETED' }]));
  }

  override contactUrl(): string {
    return 'https://crm.example/contact';
  }
}

function nameOf(before: ContactRecord | 'absent' | SourceError): string {
  if (before instanceof SourceError) return before.code;
  return before === 'absent' ? before : before.displayName;
}

function optionsFor(sources: readonly ContactSource[], members: Partial<DeletionOptions> = {}): DeletionOptions {
  return {
    sources: new Map(sources.map((source) => [source.name, source])),
    dryRun: false,
    signal: new AbortController().signal,
    readAround: async () => undefined,
    read: async ({ source, entity, idInSource }) => contactRecord(source.name, idInSource, { entity, displayName: 'Ada' }),
    write: createWriteCall(),
    announce: async () => undefined,
    ...members,
  };
}

const idOf = (source: string, idInSource: string, entity: SourceIdEntity = 'contact') => encodeSourceId({ source, entity, idInSource });

test('asks a source that deletes nothing for nothing', async () => {
  const source = new DeletingSource('kommo', []);
  const read = async () => {
    throw new Error('It was read.');
  };

  const [deletion] = await deleteContacts([idOf('kommo', '1')], optionsFor([source], { read }));

  expect(deletion).toMatchObject({
    outcome: 'UNSUPPORTED',
    contact: null,
    url: 'https://crm.example/contact',
    refusal: { code: 'UNSUPPORTED_BY_SOURCE' },
  });
  expect(source.asked).toEqual([]);
});

test('does not delete companies where a source deletes only persons', async () => {
  const source = new DeletingSource('a', ['PERSON']);
  const read: DeletionOptions['read'] = async ({ idInSource }) => contactRecord('a', idInSource, { kind: 'COMPANY' });

  const byEntity = await deleteContacts([idOf('a', '1', 'company')], optionsFor([source]));
  const byRecord = await deleteContacts([idOf('a', '1')], optionsFor([source], { read }));

  expect([byEntity, byRecord].flat().map(({ outcome }) => outcome)).toEqual(['UNSUPPORTED', 'UNSUPPORTED']);
  expect(source.asked).toEqual([]);
});

test('tells the source what the read before found, be it nothing or a failure', async () => {
  const source = new DeletingSource('a', ['PERSON']);
  const read: DeletionOptions['read'] = async ({ idInSource }) => {
    if (idInSource === '2') throw new SourceError('a', 'TIMEOUT', 'Late.');
    return idInSource === '3' ? null : contactRecord('a', idInSource, { displayName: 'Ada' });
  };

  await deleteContacts([idOf('a', '1'), idOf('a', '2'), idOf('a', '3')], optionsFor([source], { read }));

  expect(source.asked).toEqual(['contact 1 Ada, contact 2 TIMEOUT, contact 3 absent']);
});

test('tells persons and companies with one id apart', async () => {
  const source = new DeletingSource('a', ['PERSON', 'COMPANY']);
  const read: DeletionOptions['read'] = async ({ entity, idInSource }) =>
    contactRecord('a', idInSource, { entity, kind: entity === 'company' ? 'COMPANY' : 'PERSON', displayName: entity });

  const deletions = await deleteContacts([idOf('a', '1'), idOf('a', '1', 'company')], optionsFor([source], { read }));

  expect(deletions.map(({ outcome, contact }) => [outcome, contact?.kind])).toEqual([
    ['DELETED', 'PERSON'],
    ['DELETED', 'COMPANY'],
  ]);
  expect(source.asked).toEqual(['contact 1 contact', 'company 1 company']);
});

test('does not claim to know what a source did not say', async () => {
  const [deletion] = await deleteContacts([idOf('a', '99')], optionsFor([new DeletingSource('a', ['PERSON'])]));

  expect(deletion).toMatchObject({ outcome: 'INDETERMINATE', error: { code: 'BAD_RESPONSE' } });
});

test.each([
  '',
  'nonsense',
  idOf('a', 'filter'),
  idOf('a', '1/../filter'),
  idOf('a', '-1'),
  idOf('a', '0'),
  idOf('a', '1 '),
  idOf('a', '1?x'),
  idOf('z', '1'),
  idOf('a', '1', 'user'),
])('refuses the hostile id %j and calls nobody', async (id) => {
  const source = new DeletingSource('a', ['PERSON']);

  const [deletion] = await deleteContacts([id], optionsFor([source]));

  expect(deletion).toMatchObject({ contactId: id, outcome: 'REFUSED', source: null, refusal: { code: 'INVALID_ID' } });
  expect(source.asked).toEqual([]);
});

test('a source that fails to keep its promise takes no other source along', async () => {
  const broken = new DeletingSource('a', ['PERSON']);
  broken.deleteContacts = async () => {
    throw new RangeError('A slip.');
  };

  const deletions = await deleteContacts([idOf('a', '1'), idOf('b', '1')], optionsFor([broken, new DeletingSource('b', ['PERSON'])]));

  expect(deletions.map(({ outcome }) => outcome)).toEqual(['INDETERMINATE', 'DELETED']);
});

test('sends nothing any more when nobody waits for the answer', async () => {
  const source = new DeletingSource('a', ['PERSON']);
  const client = new AbortController();
  const read: DeletionOptions['read'] = async ({ idInSource }) => {
    client.abort();
    return contactRecord('a', idInSource);
  };

  const [deletion] = await deleteContacts([idOf('a', '1')], optionsFor([source], { read, signal: client.signal }));

  expect(deletion).toMatchObject({ outcome: 'FAILED', error: { code: 'TIMEOUT', wasSent: false } });
  expect(source.asked).toEqual([]);
});

test('reads around what was found, and before anything is deleted', async () => {
  const source = new DeletingSource('a', ['PERSON']);
  const events: string[] = [];
  const read: DeletionOptions['read'] = async ({ idInSource }) => (idInSource === '2' ? null : contactRecord('a', idInSource));
  const readAround: DeletionOptions['readAround'] = async (contacts) => {
    events.push(contacts.map(({ idInSource }) => idInSource).join(), `${source.asked.length} deleted`);
  };

  await deleteContacts([idOf('a', '1'), idOf('a', '2'), idOf('a', '3')], optionsFor([source], { read, readAround }));

  expect(events).toEqual(['1,3', '0 deleted']);
});

test('writes down each deletion without anything of the contact', async () => {
  const entries: DeletionAuditEntry[] = [];
  const sources = [new DeletingSource('a', ['PERSON']), new DeletingSource('kommo', [])];
  const ids = [idOf('a', '1'), 'nonsense', idOf('kommo', '1', 'company'), idOf('a', '99')];

  await deleteContacts(ids, optionsFor(sources, { audit: (entry) => entries.push(entry) }));

  expect(entries.toSorted((left, right) => left.outcome.localeCompare(right.outcome))).toEqual([
    { source: 'a', entity: 'contact', idInSource: '1', outcome: 'DELETED', code: null, dryRun: false },
    { source: 'a', entity: 'contact', idInSource: '99', outcome: 'INDETERMINATE', code: 'BAD_RESPONSE', dryRun: false },
    { source: null, entity: null, idInSource: null, outcome: 'REFUSED', code: 'INVALID_ID', dryRun: false },
    { source: 'kommo', entity: 'company', idInSource: '1', outcome: 'UNSUPPORTED', code: 'UNSUPPORTED_BY_SOURCE', dryRun: false },
  ]);
});

test('asks a source for nothing that could not be written down before, and says why', async () => {
  const source = new DeletingSource('a', ['PERSON']);
  const announced: string[] = [];
  const announce: DeletionOptions['announce'] = async ({ source: name, entity, idInSource }) => {
    announced.push(`${name} ${entity} ${idInSource}, ${source.asked.length} asked`);
    if (idInSource === '2') throw new Error('ENOSPC');
  };

  const deletions = await deleteContacts([idOf('a', '1'), idOf('a', '2')], optionsFor([source], { announce }));

  expect(announced).toEqual(['a contact 1, 0 asked', 'a contact 2, 0 asked']);
  expect(source.asked).toEqual(['contact 1 Ada']);
  expect(deletions.map(({ outcome }) => outcome)).toEqual(['DELETED', 'FAILED']);
  expect(deletions[1]?.error).toMatchObject({ code: 'UNAVAILABLE', wasSent: false, message: expect.stringContaining('audit log') });
});

test('writes nothing down before a dry run, and before what no source is asked for', async () => {
  const announced: object[] = [];
  const announce: DeletionOptions['announce'] = async (attempt) => void announced.push(attempt);
  const sources = [new DeletingSource('a', ['PERSON']), new DeletingSource('kommo', [])];

  await deleteContacts([idOf('a', '1')], optionsFor(sources, { announce, dryRun: true }));
  await deleteContacts([idOf('kommo', '1'), 'nonsense'], optionsFor(sources, { announce }));

  expect(announced).toEqual([]);
});

test('asks a source for nothing when nobody waits for the answer any more by the time that it is written down', async () => {
  const source = new DeletingSource('a', ['PERSON']);
  const hangUp = new AbortController();
  const announce: DeletionOptions['announce'] = async () => hangUp.abort();

  const [deletion] = await deleteContacts([idOf('a', '1')], optionsFor([source], { announce, signal: hangUp.signal }));

  expect(deletion).toMatchObject({ outcome: 'FAILED', error: { code: 'TIMEOUT' } });
  expect(source.asked).toEqual([]);
});
