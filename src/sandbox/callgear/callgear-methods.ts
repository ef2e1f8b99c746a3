import { createRandom, shuffled } from '../seeded-random.ts';
import { AccessControl, type AccessRule, type Caller, checkUserId } from './access.ts';
import {
  type CallgearData,
  type CallgearRow,
  contactRows,
  customerUserRows,
  employeeRows,
  groupRows,
  organizationRows,
} from './callgear-data.ts';
import type { CallgearSettings } from './callgear-options.ts';
import { deleteContacts } from './delete-contacts.ts';
import {
  CONTACT_FIELDS,
  CUSTOMER_USER_FIELDS,
  EMPLOYEE_FIELDS,
  type FieldTable,
  GROUP_FIELDS,
  ORGANIZATION_FIELDS,
} from './field-table.ts';
import { GET_PARAMS, getRows } from './get-rows.ts';
import type { JsonObject, JsonValue } from './filtering/json-value.ts';
import { refuseUnknownParams } from './params.ts';
import { QuotaCounter } from './quotas.ts';
import { replyMetadata } from './reply-metadata.ts';
import { RpcError } from './rpc-error.ts';

/** What the `result` of a reply holds, and whether the call changed data. */
export interface MethodResult {
  readonly result: JsonObject;
  readonly didWrite: boolean;
}

interface GetMethod extends AccessRule {
  readonly fields: FieldTable;
  readonly takesUserId: boolean;
  readonly rows: (data: CallgearData) => CallgearRow[];
}

const EVERYONE = ['customer', 'agent'] as const;

const GET_METHODS: Readonly<Record<string, GetMethod>> = {
  'get.contacts': { owners: EVERYONE, right: 'address_book:select', takesUserId: true, fields: CONTACT_FIELDS, rows: contactRows },
  'get.group_contacts': { owners: EVERYONE, right: 'address_book:select', takesUserId: true, fields: GROUP_FIELDS, rows: groupRows },
  'get.contact_organizations': {
    owners: EVERYONE,
    right: 'address_book:select',
    takesUserId: true,
    fields: ORGANIZATION_FIELDS,
    rows: organizationRows,
  },
  'get.employees': { owners: EVERYONE, right: 'employees:select', takesUserId: true, fields: EMPLOYEE_FIELDS, rows: employeeRows },
  'get.customer_users': { owners: ['agent'], right: null, takesUserId: false, fields: CUSTOMER_USER_FIELDS, rows: customerUserRows },
};

const DELETE_RULE: AccessRule = { owners: EVERYONE, right: 'address_book:delete' };
const ACCOUNT_RULE: AccessRule = { owners: ['customer'], right: null };
const LOGOUT_RULE: AccessRule = { owners: EVERYONE, right: null };

/** The methods of one account, with its sessions and quotas. */
export class CallgearMethods {
  readonly access: AccessControl;
  readonly quotas: QuotaCounter;
  readonly #data: CallgearData;
  readonly #random = createRandom(7);
  #longPages = 0;

  constructor(data: CallgearData, now: () => number) {
    this.#data = data;
    this.access = new AccessControl(now);
    this.quotas = new QuotaCounter(now);
  }

  /**
   * Carries out one method.
   *
   * The order of checks is method, token, address and rights, limits, params. Only calls that succeed are charged; logging in and out is free.
   *
   * @throws RpcError for everything that is refused.
   */
  call(method: string, params: JsonObject, settings: CallgearSettings): MethodResult {
    if (method === 'login.user') return read({ data: this.access.login(params, settings, this.#data.account.app_id) });
    if (method === 'logout.user') return this.#logout(method, params, settings);
    if (method === 'get.account') return this.#getAccount(method, params, settings);
    if (method === 'delete.contacts') return this.#delete(method, params, settings);
    const get = Object.hasOwn(GET_METHODS, method) ? GET_METHODS[method] : undefined;
    if (get === undefined) throw new RpcError('method_not_found');
    return this.#get(method, get, params, settings);
  }

  #logout(method: string, params: JsonObject, settings: CallgearSettings): MethodResult {
    this.access.authorize(method, LOGOUT_RULE, params, settings);
    refuseUnknownParams(params, ['access_token']);
    this.access.logout(params['access_token']);
    return read({ data: {} });
  }

  #getAccount(method: string, params: JsonObject, settings: CallgearSettings): MethodResult {
    this.#authorize(method, ACCOUNT_RULE, params, settings);
    refuseUnknownParams(params, ['access_token']);
    this.quotas.charge();
    return read(this.#withMetadata({ data: [this.#data.account] }, settings, 1));
  }

  #get(method: string, get: GetMethod, params: JsonObject, settings: CallgearSettings): MethodResult {
    const caller = this.#authorize(method, get, params, settings);
    refuseUnknownParams(params, ['access_token', ...(get.takesUserId ? ['user_id'] : []), ...GET_PARAMS]);
    if (get.takesUserId) this.#checkUserId(params, caller);
    const { rows, totalItems } = getRows(get.rows(this.#data), get.fields, params, {
      settings,
      shuffle: (ties) => shuffled(ties, this.#random),
      isShortPage: settings.hasShortPages && this.#longPages % 2 === 0,
    });
    if (totalItems > 1) this.#longPages += 1;
    this.quotas.charge();
    return read(this.#withMetadata({ data: writeList(rows, settings.listForm) }, settings, totalItems));
  }

  #delete(method: string, params: JsonObject, settings: CallgearSettings): MethodResult {
    const caller = this.#authorize(method, DELETE_RULE, params, settings);
    refuseUnknownParams(params, ['access_token', 'user_id', 'id', ...(settings.acceptsIds ? ['ids'] : [])]);
    this.#checkUserId(params, caller);
    deleteContacts(this.#data.contacts, params);
    this.quotas.charge();
    return { result: settings.deleteReply === 'empty' ? {} : this.#withMetadata({ data: {} }, settings), didWrite: true };
  }

  #authorize(method: string, rule: AccessRule, params: JsonObject, settings: CallgearSettings): Caller {
    const caller = this.access.authorize(method, rule, params, settings);
    const exhausted = this.quotas.findExhausted(settings.quotas);
    if (exhausted !== undefined) {
      throw new RpcError('limit_exceeded', { params: { limit_type: exhausted.window, limit_max_value: exhausted.max } });
    }
    return caller;
  }

  #checkUserId(params: JsonObject, caller: Caller): void {
    checkUserId(
      params,
      caller,
      this.#data.customerUsers.map(({ id }) => id),
    );
  }

  #withMetadata(result: JsonObject, settings: CallgearSettings, totalItems?: number): JsonObject {
    const metadata = replyMetadata(settings, this.quotas.limits(settings.quotas, settings.unlimitedWindows), totalItems);
    return metadata === undefined ? result : { ...result, metadata };
  }
}

function writeList(rows: readonly CallgearRow[], form: CallgearSettings['listForm']): JsonValue {
  if (form === 'always null') return null;
  if (form === 'map') return Object.fromEntries(rows.map((row, index) => [String(index + 1), row]));
  if (form === 'list' || rows.length > 0) return [...rows];
  return form === 'null when empty' ? null : form === '{} when empty' ? {} : false;
}

function read(result: JsonObject): MethodResult {
  return { result, didWrite: false };
}
