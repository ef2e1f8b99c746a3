/** One invented human being or company, before any CRM has written it down in its own way. */
export interface Person {
  /** 0, 1, 2 …: stable for one seed. */
  readonly index: number;
  readonly firstName: string;
  /** '' for the few who have none. */
  readonly lastName: string;
  readonly patronymic: string | null;
  readonly jobTitle: string | null;
  readonly employer: Organization | null;
  /** E.164 with `+`, the first one the main number. */
  readonly phones: readonly string[];
  /** Further ones, which each CRM has as they stand here, whatever its own way of writing numbers. */
  readonly phonesAsTyped?: readonly string[];
  /** Lower case. */
  readonly emails: readonly string[];
  readonly address: PostalAddress | null;
  readonly tags: readonly string[];
  /** Unix milliseconds, whole seconds. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Which CRMs have written this person down; about a third are in two or three. */
  readonly crms: readonly ('onlyoffice' | 'kommo' | 'callgear')[];
  /** How a CRM has it where that differs. */
  readonly as?: Readonly<Partial<Record<'onlyoffice' | 'kommo' | 'callgear', Partial<Pick<Person, 'firstName' | 'lastName'>>>>>;
}

/** The people whom a CRM has written down, as it has them. */
export function peopleOf(population: Population, crm: Person['crms'][number]): readonly Person[] {
  return population.people.filter(({ crms }) => crms.includes(crm)).map((person) => ({ ...person, ...person.as?.[crm] }));
}

/** An invented organization, for which people work. */
export interface Organization {
  readonly index: number;
  readonly name: string;
  readonly city: string;
  readonly country: string;
}

/** An address in parts; '' for one that is not known. */
export interface PostalAddress {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  /** English name. */
  readonly country: string;
}

/** Someone who works with the CRMs: owner, creator or manager of contacts. */
export interface StaffMember {
  readonly index: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly jobTitle: string;
  readonly email: string;
  readonly team: string;
}

/** What all three sandbox CRMs are made of. */
export interface Population {
  readonly people: readonly Person[];
  readonly organizations: readonly Organization[];
  readonly staff: readonly StaffMember[];
}
