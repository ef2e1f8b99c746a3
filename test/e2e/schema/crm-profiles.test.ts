import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContactSource } from '../../../src/datasources/port/contact-source.ts';
import { DETAILS } from '../../../src/datasources/port/list-query.ts';
import { valueOr } from '../../../src/datasources/port/member.ts';
import type { ContactRecord } from '../../../src/datasources/port/records/contact.ts';
import type { ReferenceKind } from '../../../src/datasources/port/records/entity.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { createSources } from '../../../src/sources.ts';
import { createCall, createTestLog } from '../../support/call.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { plain, whole } from '../../support/read-record.ts';

const REFERENCES = ['statuses', 'types', 'groups', 'users', 'tags', 'customFields'] as const satisfies readonly ReferenceKind[];
const ALL_DETAILS = new Set(DETAILS);
/** What the vendors document and the sandbox, like most accounts, never fills in. */
const DOCUMENTED_ONLY: Readonly<Record<string, readonly string[]>> = { ONLYOFFICE: ['contact.type'], KOMMO: ['tag.color'] };

let gateway: TestGateway;
let sources: readonly ContactSource[];
beforeAll(async () => {
  gateway = await startTestGateway();
  sources = [...createSources(gateway.settings, createTestLog()).values()];
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());

/** Takes down, as `record.member`, what has something in it. */
function createNotes() {
  const seen = new Set<string>();
  return {
    seen,
    note: (name: string, record: object | null | undefined): void => {
      for (const [member, value] of Object.entries(whole(record ?? {}) as object)) {
        const isEmpty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
        if (!isEmpty) seen.add(`${name}.${member}`);
      }
    },
  };
}
type Notes = ReturnType<typeof createNotes>;

function noteContact({ note, seen }: Notes, contact: ContactRecord): void {
  const { damaged: _damaged, ...members } = plain(contact);
  note('contact', members);
  for (const info of contact.contactInfos) note('contactInfo', info);
  for (const address of contact.addresses) note('address', address);
  for (const tag of valueOr(contact.tags, []) ?? []) note('tag', tag);
  note('taskSummary', valueOr(contact.taskSummary, null));
  note('companyReference', valueOr(contact.company, null));
  const { responsible, createdBy, updatedBy, access } = contact;
  for (const user of [responsible, createdBy, updatedBy, ...(valueOr(access, null)?.members ?? [])])
    note('user', valueOr(user, null)?.known);
  for (const { field, value } of contact.customFields) {
    note('customField', field);
    if (value !== null) seen.add(`customFieldValue.${value.kind}`);
  }
}

async function readAllContacts(source: ContactSource): Promise<readonly ContactRecord[]> {
  const plan = source.planList({ filter: {}, order: { field: 'DISPLAY_NAME', direction: 'ASC' }, details: ALL_DETAILS });
  if (plan.outcome !== 'runnable') throw new Error('A list without a filter can be read.');
  const call = createCall();
  const contacts: ContactRecord[] = [];
  for (let index = 0; index < 100; index += 1) {
    const { rows, isLast } = await source.readBlock(plan, index, call);
    contacts.push(...rows.filter((row) => row !== null));
    if (isLast) return contacts;
  }
  throw new Error('The list has no end.');
}

/** Reads all contacts of a source, some of them by id, companies, and the reference data. */
async function readEverything(source: ContactSource): Promise<ReadonlySet<string>> {
  const notes = createNotes();
  const call = createCall();
  const contacts = await readAllContacts(source);
  for (const contact of contacts) noteContact(notes, contact);
  const references = [...contacts.slice(0, 20), ...contacts.flatMap(({ company }) => valueOr(company, null) ?? []).slice(0, 20)];
  for (const entity of ['contact', 'company'] as const) {
    const ids = references.filter((reference) => reference.entity === entity).map(({ idInSource }) => idInSource);
    const found = ids.length === 0 ? new Map() : await source.findByIds(entity, ids, ALL_DETAILS, call);
    for (const record of found.values()) noteContact(notes, record);
  }
  for (const kind of REFERENCES) if ((await source.listReferences(kind, call)).length > 0) notes.seen.add(`references.${kind}`);
  for (const user of await source.listReferences('users', call)) notes.note('user', user);
  for (const tag of await source.listReferences('tags', call)) notes.note('tag', tag);
  for (const definition of await source.listReferences('customFields', call)) {
    notes.note('customField', definition);
    for (const option of valueOr(definition.options, null) ?? []) notes.note('customFieldOption', option);
  }
  return notes.seen;
}

test.each(SOURCE_MODULES)('$displayName provides what its profile says, and nothing else that some CRM has not', async (crm) => {
  const source = sources.find(({ kind }) => kind === crm.kind);
  if (source === undefined) throw new Error(`No source is a ${crm.kind}.`);
  const featuresOf = ({ provides }: Pick<typeof crm, 'provides'>) =>
    Object.entries(provides).flatMap(([record, members]: [string, readonly string[]]) => members.map((member) => `${record}.${member}`));
  const features = new Set(SOURCE_MODULES.flatMap(featuresOf));

  const seen = await readEverything(source);

  const provided = [...seen].filter((feature) => features.has(feature));
  expect([...provided, ...(DOCUMENTED_ONLY[crm.kind] ?? [])].toSorted()).toEqual(featuresOf(crm).toSorted());
  expect(source.capabilities).toEqual(crm.capabilities);
  expect(source.displayName).toBe(crm.displayName);
});
