import { builder } from '../builder.ts';

const CODES = {
  INVALID_ID: { description: 'The id names no contact of a configured source, or the CRM takes no such id.' },
  TOO_MANY_IDS: { description: 'More ids than one mutation may hold. Nothing was done.' },
  UNSUPPORTED_BY_SOURCE: { description: 'This CRM lets no program delete such a contact.' },
  FORBIDDEN: { description: "The gateway's account in the CRM may not delete this contact." },
  HAS_DEPENDENTS: { description: 'Something in the CRM still needs this contact, for example an invoice.' },
} as const;

/** A reason for the one who asked, and the path of the argument that it is about. */
export interface UserErrorShape<Code extends string = keyof typeof CODES> {
  readonly code: Code;
  readonly message: string;
  readonly field: readonly string[];
}

export const UserError = builder.interfaceRef<{ message: string; field: readonly string[] }>('UserError').implement({
  description: 'A reason why something was not done that the caller can act on.',
  fields: (t) => ({
    message: t.exposeString('message', { nullable: false, description: 'For people. Programs decide on the code.' }),
    field: t.exposeStringList('field', {
      nullable: true,
      estimate: { items: () => 3 },
      description: 'The path of the argument that it is about, for example `["input", "ids", "3"]`. Null when it is about none.',
    }),
  }),
  resolveType: () => 'DeleteContactUserError',
});

export const DeleteContactErrorCode = builder.enumType('DeleteContactErrorCode', {
  description: 'Why a contact is not deleted. New values may be added: treat one you do not know like FORBIDDEN.',
  values: CODES,
});

export const DeleteContactUserError = builder.objectRef<UserErrorShape>('DeleteContactUserError').implement({
  description: 'Why a contact is not deleted, as far as the CRM says.',
  isAlwaysAnswered: true,
  interfaces: [UserError],
  fields: (t) => ({
    code: t.expose('code', { type: DeleteContactErrorCode, nullable: false, description: 'What to decide on.' }),
  }),
});
