import { addToAddressBook, addToPortal, idOf } from '../../support/deletions.ts';
import type { TestGateway } from '../../support/gateway.ts';

/** An account's own user may neither see nor delete what is private to someone else, and may read but not change what is shared so. */
const FOREIGN = { accessList: ['11111111-1111-1111-1111-111111111111'] };
export const RESET = { effect: { kind: 'reset' } } as const;

/** A deletion, and what becomes of it. */
export interface Case {
  readonly outcome: string;
  readonly when: string;
  readonly contactId: (gateway: TestGateway) => string;
  /** `userErrors` or `error`. */
  readonly code?: string;
  readonly hasUrl?: boolean;
  readonly isShown?: boolean;
  readonly writes: number;
  /** What is left of it; undefined: there was nothing. */
  readonly isLeft?: boolean;
}

export const CASES: readonly Case[] = [
  { outcome: 'DELETED', when: 'a person of ONLYOFFICE', contactId: (gateway) => addToPortal(gateway).contactId, isShown: true, writes: 1 },
  {
    outcome: 'DELETED',
    when: 'a company of ONLYOFFICE',
    contactId: (gateway) => addToPortal(gateway, { isCompany: true, companyName: 'Deletable Ltd' }).contactId,
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'DELETED',
    when: 'a person of CallGear',
    contactId: (gateway) => addToAddressBook(gateway).contactId,
    isShown: true,
    writes: 1,
  },
  { outcome: 'ALREADY_ABSENT', when: 'ONLYOFFICE does not know the id', contactId: () => idOf('onlyoffice', 999_999), writes: 1 },
  { outcome: 'ALREADY_ABSENT', when: 'CallGear does not know the id', contactId: () => idOf('callgear', 999_999), writes: 0 },
  {
    outcome: 'REFUSED',
    when: 'an invoice of ONLYOFFICE refers to it',
    contactId: (gateway) => addToPortal(gateway, { invoiceCount: 1 }).contactId,
    code: 'HAS_DEPENDENTS',
    hasUrl: true,
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'REFUSED',
    when: "ONLYOFFICE's user may only read it",
    contactId: (gateway) => addToPortal(gateway, { shareType: 2 }).contactId,
    code: 'FORBIDDEN',
    hasUrl: true,
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'REFUSED',
    when: "ONLYOFFICE's user must not see it",
    contactId: (gateway) => addToPortal(gateway, { shareType: 0, ...FOREIGN }).contactId,
    code: 'FORBIDDEN',
    hasUrl: true,
    writes: 1,
  },
  {
    outcome: 'REFUSED',
    when: 'something in CallGear depends on it',
    contactId: (gateway) => addToAddressBook(gateway, { refusesDeletion: 'dependency_error' }).contactId,
    code: 'HAS_DEPENDENTS',
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'REFUSED',
    when: 'CallGear forbids it',
    contactId: (gateway) => addToAddressBook(gateway, { refusesDeletion: 'forbidden' }).contactId,
    code: 'FORBIDDEN',
    isShown: true,
    writes: 1,
  },
  { outcome: 'REFUSED', when: 'the id is none', contactId: () => 'nonsense', code: 'INVALID_ID', writes: 0 },
  {
    outcome: 'UNSUPPORTED',
    when: 'a person of Kommo',
    contactId: (gateway) => idOf('kommo', gateway.kommo.data.contacts[0]?.id ?? 0),
    code: 'UNSUPPORTED_BY_SOURCE',
    hasUrl: true,
    writes: 0,
  },
  {
    outcome: 'UNSUPPORTED',
    when: 'a company of Kommo',
    contactId: (gateway) => idOf('kommo', gateway.kommo.data.companies[0]?.id ?? 0, 'company'),
    code: 'UNSUPPORTED_BY_SOURCE',
    hasUrl: true,
    writes: 0,
  },
  {
    outcome: 'UNSUPPORTED',
    when: 'a company of CallGear',
    contactId: (gateway) => idOf('callgear', gateway.callgear.data.organizations[0]?.id ?? 0, 'company'),
    code: 'UNSUPPORTED_BY_SOURCE',
    writes: 0,
  },
  {
    outcome: 'INDETERMINATE',
    when: 'ONLYOFFICE breaks off and still shows it',
    contactId: (gateway) => {
      const { id, contactId } = addToPortal(gateway);
      gateway.onlyoffice.setFaults([{ route: `DELETE /api/2.0/crm/contact/${id}`, ...RESET }]);
      return contactId;
    },
    code: 'UNAVAILABLE',
    hasUrl: true,
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'INDETERMINATE',
    when: 'CallGear breaks off and still shows it',
    contactId: (gateway) => {
      gateway.callgear.setFaults([{ route: 'POST delete.contacts', ...RESET }]);
      return addToAddressBook(gateway).contactId;
    },
    code: 'UNAVAILABLE',
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'FAILED',
    when: 'ONLYOFFICE does not accept the token',
    contactId: (gateway) => {
      const { id, contactId } = addToPortal(gateway);
      const effect = { kind: 'respond', status: 401, body: 'Unauthorized' } as const;
      gateway.onlyoffice.setFaults([{ route: `DELETE /api/2.0/crm/contact/${id}`, effect }]);
      return contactId;
    },
    code: 'UNAUTHENTICATED',
    hasUrl: true,
    isShown: true,
    writes: 1,
  },
  {
    outcome: 'FAILED',
    when: "CallGear's account is switched off",
    contactId: (gateway) => {
      const body = { jsonrpc: '2.0', id: null, error: { code: -32009, message: '', data: { mnemonic: 'account_inactive' } } };
      const effect = { kind: 'respond', status: 200, contentType: 'application/json', body: JSON.stringify(body) } as const;
      gateway.callgear.setFaults([{ route: 'POST delete.contacts', effect }]);
      return addToAddressBook(gateway).contactId;
    },
    code: 'FORBIDDEN',
    isShown: true,
    writes: 1,
  },
];
