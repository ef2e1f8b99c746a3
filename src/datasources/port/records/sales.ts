import type { Member } from '../member.ts';
import type { UserReference } from './staff.ts';

/** An element of one of the account's lists (a product, say) as a contact's row knows it. Kommo only. */
export interface CatalogElementReference {
  /** Key for `findByIds('catalogElement', …)`: catalog id and element id joined by `/`. */
  readonly key: string;
  readonly catalogId: string;
  readonly idInSource: string;
  readonly quantity: Member<number | null>;
  readonly priceFieldId: Member<string | null>;
}

/** An element of one of the account's lists. Kommo only. */
export interface CatalogElementRecord {
  readonly catalogId: string;
  readonly idInSource: string;
  readonly name: Member<string | null>;
}

/** A deal. Kommo only. */
export interface LeadRecord {
  readonly idInSource: string;
  readonly name: Member<string | null>;
  /** In the account's currency. */
  readonly price: Member<number | null>;
  readonly statusId: Member<string | null>;
  readonly pipelineId: Member<string | null>;
  readonly responsible: Member<UserReference | null>;
  readonly createdAt: Member<Date | null>;
  readonly updatedAt: Member<Date | null>;
  readonly closedAt: Member<Date | null>;
  readonly url: Member<string | null>;
}
