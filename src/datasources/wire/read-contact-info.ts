import { normalizeContactInfo } from '../port/contact-info-value.ts';
import { MEMBER_NAMES } from '../port/member.ts';
import type { ContactInfoRecord } from '../port/records/contact-info.ts';

/** What a source reads of a contact info; the normal form is made of it. */
export type ContactInfoParts = Omit<ContactInfoRecord, 'normalizedValue'>;
/** Makes the normal form of a contact info, as `normalizeContactInfo` does. */
export type Normalize = typeof normalizeContactInfo;

/** Members that are made when they are read. */
const LAZY_MEMBERS = ['normalizedValue'];

/**
 * A contact info whose normal form is made when it is read: parsing a phone number takes longer than all the rest.
 *
 * A class, so that all of them have one shape. A getter in an object literal gives each object a shape of its own, which V8 keeps until a major
 * collection together with all that the getter sees: the row, its reply, the whole request.
 */
export class ReadContactInfo implements ContactInfoRecord {
  readonly idInSource: ContactInfoRecord['idInSource'];
  readonly type: ContactInfoRecord['type'];
  readonly category: ContactInfoRecord['category'];
  readonly categoryName: ContactInfoRecord['categoryName'];
  readonly value: string;
  readonly isPrimary: ContactInfoRecord['isPrimary'];
  readonly #defaultCountry: string | undefined;
  readonly #normalize: Normalize;

  /** @param defaultCountry Of national phone numbers, as ISO 3166-1 alpha-2. */
  constructor(parts: ContactInfoParts, defaultCountry: string | undefined, normalize: Normalize = normalizeContactInfo) {
    this.idInSource = parts.idInSource;
    this.type = parts.type;
    this.category = parts.category;
    this.categoryName = parts.categoryName;
    this.value = parts.value;
    this.isPrimary = parts.isPrimary;
    this.#defaultCountry = defaultCountry;
    this.#normalize = normalize;
  }

  get normalizedValue(): string | null {
    return this.#normalize(this.type, this.value, this.#defaultCountry);
  }

  get [MEMBER_NAMES](): readonly string[] {
    return LAZY_MEMBERS;
  }
}
