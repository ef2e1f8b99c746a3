import { builder } from '../builder.ts';

const CODES = {
  INVALID_ID: { description: 'The ID is not the ID of a contact of a configured source, or the CRM does not accept it.' },
  TOO_MANY_IDS: { description: 'More IDs than one mutation may take. Nothing was done.' },
  UNSUPPORTED_BY_SOURCE: { description: "The CRM's API cannot delete such a contact." },
  FORBIDDEN: { description: "The gateway's account in the CRM may not delete this contact." },
  HAS_DEPENDENTS: { description: 'Another object in the CRM depends on this contact, for example an invoice.' },
} as const;

/** A reason for the caller, and the path of the argument that it is about. */
export interface UserErrorShape<Code extends string = keyof typeof CODES> {
  readonly code: Code;
  readonly message: string;
  readonly field: readonly string[];
}

export const UserError = builder.interfaceRef<{ message: string; field: readonly string[] | null }>('UserError').implement({
  description: 'Why something was not done, where the caller can correct it.',
  fields: (t) => ({
    message: t.exposeString('message', { nullable: false, description: 'The reason, for people. Programs use the code.' }),
    field: t.exposeStringList('field', {
      nullable: true,
      estimate: { items: () => 3 },
      description: 'The path of the input that caused it, for example `["input", "ids", "3"]`. Null when no input did.',
    }),
  }),
  resolveType: (error) => ('erasureCode' in error ? 'ErasureUserError' : 'DeleteContactUserError'),
});

export const DeleteContactErrorCode = builder.enumType('DeleteContactErrorCode', {
  description: 'Why a contact was not deleted. New values may be added: treat an unknown one like FORBIDDEN.',
  values: CODES,
});

export const DeleteContactUserError = builder.objectRef<UserErrorShape>('DeleteContactUserError').implement({
  description: 'Why a contact was not deleted, as far as the CRM says.',
  isAlwaysAnswered: true,
  interfaces: [UserError],
  fields: (t) => ({
    code: t.expose('code', { type: DeleteContactErrorCode, nullable: false, description: 'The reason, for programs.' }),
  }),
});
