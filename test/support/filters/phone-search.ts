import type { SourceName } from '../gateway.ts';

/** Who has a phone number: `$value`. */
export const PHONE_SEARCH = `query ($value: String!) {
  contacts(first: 100, filter: { contactInfos: [{ type: PHONE, value: $value }] }) {
    nodes { source { name } phones { value } }
    sourceReports { source { name } status isComplete }
  }
}`;

/** What PHONE_SEARCH gives. */
export interface PhoneSearch {
  readonly contacts: {
    readonly nodes: readonly { readonly source: { readonly name: SourceName }; readonly phones: readonly { readonly value: string }[] }[];
    readonly sourceReports: readonly {
      readonly source: { readonly name: SourceName };
      readonly status: string;
      readonly isComplete: boolean;
    }[];
  };
}
