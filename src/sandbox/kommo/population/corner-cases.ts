import { localMidnight } from './fields.ts';
import type { FieldPen } from './fields.ts';
import type { KommoContactRow, KommoFieldValues } from '../rows.ts';

/** Once a user, gone from the list of users, still named on what was theirs. */
export const DELETED_USER_ID = 9099;
/** A company, a lead and a list element that contacts still point to though nobody can read them. */
export const DANGLING_ID = 699_999;
const TRASHED_CONTACTS = 12;

function fieldsOf(row: KommoContactRow): KommoFieldValues[] {
  row.custom_fields_values ??= [];
  return row.custom_fields_values;
}

/** Fills fields in, in place of what they held. */
function fill(row: KommoContactRow, ...filled: KommoFieldValues[]): void {
  const kept = fieldsOf(row).filter(({ field_id }) => filled.every((field) => field.field_id !== field_id));
  row.custom_fields_values = [...kept, ...filled];
}

function rename(row: KommoContactRow, name: string, first = '', last = ''): void {
  row.name = name;
  row.first_name = first;
  row.last_name = last;
}

function fullLegalEntity(pen: FieldPen): KommoFieldValues {
  return pen.write(7020, {
    value: {
      name: 'Prado &amp; Filhos Ltda',
      entity_type: 1,
      vat_id: '12345678000195',
      tax_registration_reason_code: null,
      address: 'Rua Augusta 1, São Paulo',
      real_address: 'Rua Augusta 3, São Paulo',
      kpp: null,
      bank_code: '341',
      external_uid: null,
      unp: null,
      bin: null,
      egrpou: null,
      mfo: null,
      bank_account_number: '0001-5',
      oked: null,
      director: 'Ana Prado',
    },
  });
}

function everyFieldType(row: KommoContactRow, pen: FieldPen): void {
  fill(
    row,
    pen.write(7007, { value: 'Head of Purchasing' }),
    pen.label(7005, ['live:prado.ana', 8120], ['2048771', 8121], ['ana@jabber.example', 8122], ['@anaprado', 8125]),
    pen.write(7010, { value: '1500.50' }),
    pen.choose(7011, 8201),
    pen.write(7012, { value: true }),
    pen.write(7013, { value: 631_152_000 }),
    pen.choose(7014, 8210, 8211, 8213),
    pen.choose(7015, 8221),
    pen.write(7016, { value: 'First line\nSecond line &gt; first line' }),
    pen.write(7017, { value: 'https://prado.example/?a=1&amp;b=2' }),
    pen.write(7018, { value: 'Rua Augusta 1, São Paulo' }),
    pen.label(7019, ['Rua Augusta 1', 1], ['Apto 12', 2], ['São Paulo', 3], ['SP', 4], ['01305-000', 5], ['Brazil', 6]),
    fullLegalEntity(pen),
    pen.write(7021, {
      value: {
        file_uuid: '3f1a2b6c-0d4e-4f7a-9b7e-2d1c5a8e9f00',
        version_uuid: '8c7b6a59-1e2d-4c3b-8a99-0f1e2d3c4b5a',
        file_name: 'Contrato “2024”.pdf',
        file_size: 482_113,
      },
    }),
    pen.write(7022, { value: '12' }),
    pen.write(7023, { value: 1_711_918_800 }),
    pen.write(7024, { value: 1_735_862_400 }),
    pen.write(7025, { value: 'newsletter' }),
    pen.write(7026, { catalog_id: 4521, catalog_element_id: 525_439 }, { catalog_id: 4522, catalog_element_id: 530_002 }),
    pen.write(7027, { value: { hue: 210, layers: [1, 2] } }),
    pen.write(7028, { value: 'Nana' }),
    { ...pen.write(7029, { value: '88.25' }), is_computed: true },
  );
}

type CornerCase = (row: KommoContactRow, pen: FieldPen, next: KommoContactRow) => void;

const VALUE_CASES: readonly CornerCase[] = [
  everyFieldType,
  (row) => (row.custom_fields_values = null),
  (row) => (row.custom_fields_values = []),
  (row, pen) => fill(row, pen.write(7027, { value: { hue: 12 } }, { shade: 'dark' })),
  (row, pen) => fill(row, pen.write(7026, { catalog_id: 4521, catalog_element_id: 525_441 })),
  // The oldest accounts spell the option's code `enum`.
  (row, pen) =>
    fill(
      row,
      pen.write(7001, { value: '+37126000001', enum_id: 8101, enum: 'MOB' }, { value: '+37167000001', enum_id: 8099, enum: 'WORK' }),
    ),
  (row) => {
    for (const field of fieldsOf(row)) field.is_computed = false;
  },
  (row, pen) => fill(row, { ...pen.write(7029, { value: '0.97' }), is_computed: true }, pen.write(7010, { value: '-12.50' })),
  (row, pen) => fill(row, pen.write(7010, { value: '0' }), pen.write(7012, { value: false }), pen.write(7022, { value: '10000' })),
  (row, pen) => fill(row, pen.write(7023, { value: localMidnight(2024, 2, 29) }), pen.write(7013, { value: localMidnight(1961, 4, 12) })),
  (row, pen) => fill(row, pen.label(7019, ['Rīga', 3])),
  (row, pen) => fill(row, pen.label(7019, ['10115', 5], ['Germany', 6]), pen.write(7018, { value: 'Invalidenstraße 1, 10115 Berlin' })),
  (row, pen) => fill(row, pen.write(7020, { value: { name: null, entity_type: null, vat_id: 'LV40003000000', address: null } })),
  (row, pen) => fill(row, pen.choose(7014, 8212), pen.choose(7015, 8222)),
  (row, pen) => {
    row.custom_fields_values = [pen.label(7005, ['walk.in', 8120])];
  },
  (row, pen) => fill(row, pen.label(7001, ['1132000000', 8099], ['+5511900000001', 8101], ['(11) 3200-0000 ask for Ana', 8104])),
  (row, pen) => fill(row, pen.label(7003, ['First@Example.COM', 8111], ['first@example.com', 8110], ['not an address', 8112])),
  // The field was deleted from the account after this was read into a report.
  (row, pen) => fill(row, { ...pen.write(7028, { value: 'kept' }), field_id: 7999, field_name: 'Gone', field_code: null }),
];

const OTHER_CASES: readonly CornerCase[] = [
  (row) => {
    rename(row, 'Walk-in');
    Object.assign(row, {
      group_id: 0,
      created_by: 0,
      updated_by: 0,
      is_unsorted: true,
      custom_fields_values: null,
      companyId: null,
      tags: [],
    });
  },
  (row) => {
    rename(row, '+371 2000-0000');
    row.is_unsorted = true;
  },
  (row) => rename(row, 'Cher', 'Cher', ''),
  (row) => rename(row, 'Okonkwo', '', 'Okonkwo'),
  (row, pen) => {
    rename(row, 'Nadia &quot;Nadi&quot; D&#039;Souza', 'Nadia &quot;Nadi&quot;', 'D&#039;Souza');
    fill(row, pen.write(7016, { value: 'Prefers calls &gt; mail &amp; says &quot;hello&quot;' }));
  },
  (row) => Object.assign(row, { responsible_user_id: DELETED_USER_ID, updated_by: DELETED_USER_ID, group_id: 0 }),
  (row) => (row.created_by = DELETED_USER_ID),
  (row) => (row.companyId = DANGLING_ID),
  (row) => row.leadIds.unshift(DANGLING_ID),
  (row) => row.catalogElements.push({ id: DANGLING_ID, catalogId: 4521, quantity: 2, priceId: null }),
  // A full-text search for the next contact's phone or name finds this one too.
  (row, pen, next) => {
    const phones = next.custom_fields_values?.find(({ field_code }) => field_code === 'PHONE')?.values ?? [];
    const spelt = phones.map(({ value }) => String(value)).join(', ');
    fill(row, pen.write(7016, { value: `Assistant of ${next.name}; call ${spelt}` }));
  },
  (row) => (row.closest_task_at = 1_577_836_800),
];

/**
 * Gives single rows, spread evenly over the contacts, one corner case of the API each.
 *
 * With fewer contacts than cases the last cases are left out; nothing else about the rows changes.
 */
export function applyCornerCases(contacts: readonly KommoContactRow[], pen: FieldPen): void {
  const cases = [...VALUE_CASES, ...OTHER_CASES];
  const step = Math.max(1, Math.floor(contacts.length / cases.length));
  for (const [index, apply] of cases.entries()) {
    const row = contacts[index * step];
    const next = contacts[index * step + 1];
    if (row !== undefined && next !== undefined) apply(row, pen, next);
  }
}

/** Makes contacts that lie in the trash, with ids between those of the living. */
export function createTrash(contacts: readonly KommoContactRow[]): KommoContactRow[] {
  const step = Math.max(1, Math.floor(contacts.length / TRASHED_CONTACTS));
  return contacts
    .filter((_row, ordinal) => ordinal % step === 2)
    .map((row) => ({ ...structuredClone(row), id: row.id + 1, leadIds: [], catalogElements: [], isTrashed: true }));
}
