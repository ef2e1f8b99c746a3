import { peopleOf, type Population } from '../../person.ts';
import { applyCornerCases, createTrash } from './corner-cases.ts';
import { createCompanyFields, createContactFields, createFieldPen } from './fields.ts';
import { createLeads } from './leads.ts';
import { toContactRow } from './people.ts';
import type { KommoContactRow, KommoData, KommoTag } from '../rows.ts';
import { createCatalogs, createCompanies, createElements, createUserGroups, createUsers } from './surroundings.ts';

function createTags(population: Population): KommoTag[] {
  const names = new Set(population.people.flatMap(({ tags }) => tags));
  return [...names].map((name, index) => ({ id: 311 + index, name, color: null }));
}

/** Hangs one to three list elements on every seventh contact. */
function linkElements(contacts: readonly KommoContactRow[]): void {
  for (const [ordinal, contact] of contacts.entries()) {
    if (ordinal % 7 === 3)
      contact.catalogElements.push({ id: 525_439 + (ordinal % 8), catalogId: 4521, quantity: 1 + (ordinal % 3), priceId: null });
    if (ordinal % 14 === 3) contact.catalogElements.push({ id: 530_001 + (ordinal % 4), catalogId: 4522, quantity: 1 });
    if (ordinal % 21 === 3) contact.catalogElements.push({ id: 525_443, catalogId: 4521, quantity: 0.5, priceId: 7031 });
  }
}

/**
 * Writes the people of the population that use Kommo down as one Kommo account.
 *
 * Contacts stand in the order of their ids, which is that of their creation. Deterministic for one population; the corner cases of the API
 * are spread over the rows, and some contacts more lie in the trash.
 */
export function createKommoData(population: Population): KommoData {
  const contactFields = createContactFields();
  const pen = createFieldPen(contactFields);
  const userGroups = createUserGroups(population.staff);
  const users = createUsers(population.staff, userGroups);
  const contactTags = createTags(population);
  const tagByName = new Map(contactTags.map((tag) => [tag.name, tag]));
  const people = peopleOf(population, 'kommo').toSorted((one, other) => one.createdAtMs - other.createdAtMs || one.index - other.index);
  const contacts = people.map((person, ordinal) => toContactRow(person, ordinal, { pen, users, tagByName }));
  const leads = createLeads(contacts);
  linkElements(contacts);
  // Whoever was invented for the way of typing keeps it.
  applyCornerCases(
    contacts.filter((_row, ordinal) => people[ordinal]?.phonesAsTyped === undefined),
    pen,
  );
  const companyFields = createCompanyFields();
  return {
    account: { id: 31_000_001, name: 'Sandbox', subdomain: 'sandbox', created_at: 1_672_531_200 },
    contacts: [...contacts, ...createTrash(contacts)].toSorted((one, other) => one.id - other.id),
    companies: createCompanies(population.organizations, users, createFieldPen(companyFields)),
    events: [],
    leads,
    users,
    userGroups,
    roles: [{ id: 55_001, name: 'Sales' }],
    catalogs: createCatalogs(),
    elements: createElements(),
    contactTags,
    contactFields,
    companyFields,
  };
}
