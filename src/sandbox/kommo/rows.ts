/** One item of a field's `values`; which members it has depends on the field's type. */
export type KommoValue = Readonly<Record<string, unknown>>;

/** One filled custom field of a contact or company, as it goes over the wire. */
export interface KommoFieldValues {
  field_id: number;
  field_name: string;
  field_code: string | null;
  field_type: string;
  values: KommoValue[];
  is_computed?: boolean;
}

/** A tag of contacts, companies or leads. */
export interface KommoTag {
  id: number;
  name: string;
  color: string | null;
}

/** A list element that hangs on a contact. `price_id` is left out of the answer when it is left out here. */
export interface KommoElementLink {
  id: number;
  catalogId: number;
  quantity: number;
  priceId?: number | null;
}

/** What contacts, companies and leads have alike. Snake case is the wire's own spelling; camel case never leaves as it is. */
export interface KommoEntityRow {
  id: number;
  name: string;
  responsible_user_id: number;
  /** 0 is the default group. */
  group_id: number;
  /** 0 is a robot. */
  created_by: number;
  updated_by: number;
  /** Unix seconds. */
  created_at: number;
  updated_at: number;
  closest_task_at: number | null;
  custom_fields_values: KommoFieldValues[] | null;
  tags: KommoTag[];
  catalogElements: KommoElementLink[];
  /** In the trash: gone from every answer but those with `with=only_deleted`. */
  isTrashed: boolean;
}

/** A contact, with the ids of what it is linked to. */
export interface KommoContactRow extends KommoEntityRow {
  first_name: string;
  last_name: string;
  is_unsorted: boolean;
  companyId: number | null;
  leadIds: number[];
  /** Of the person in the population; left out for what came later. */
  personIndex?: number;
}

/** A company: it has nothing of its own. */
export type KommoCompanyRow = KommoEntityRow;

/** A deal. */
export interface KommoLeadRow extends KommoEntityRow {
  price: number;
  status_id: number;
  pipeline_id: number;
  loss_reason_id: number | null;
  closed_at: number | null;
  score: number | null;
  labor_cost: number | null;
}

/** A user of the account. */
export interface KommoUserRow {
  id: number;
  name: string;
  email: string;
  lang: string;
  isAdmin: boolean;
  isActive: boolean;
  /** null is the default group. */
  groupId: number | null;
  roleId: number | null;
}

/** Something of which an id and a name is all there is, or the beginning. */
export interface KommoNamed {
  id: number;
  name: string;
}

/** A list of the account, such as its products. */
export interface KommoCatalogRow extends KommoNamed {
  type: 'regular' | 'products';
  /** Unix seconds. */
  created_at: number;
}

/** An element of a list. */
export interface KommoElementRow extends KommoNamed {
  catalog_id: number;
  created_by: number;
  updated_by: number;
  /** Unix seconds. */
  created_at: number;
  updated_at: number;
  is_deleted: boolean | null;
  custom_fields_values: KommoFieldValues[] | null;
}

/** A choice of a field. */
export interface KommoFieldOption {
  id: number;
  value: string;
  sort: number;
  code?: string;
}

/** The definition of a custom field. */
export interface KommoFieldDefinition extends KommoNamed {
  type: string;
  code: string | null;
  sort: number;
  enums: KommoFieldOption[] | null;
  entity_type: 'contacts' | 'companies';
  isPredefined: boolean;
  isApiOnly: boolean;
  currency: string | null;
  chainedLists: { title: string | null; catalog_id: number; parent_catalog_id: number }[] | null;
}

/** Something that happened to a contact, as the account's log has it. */
export interface KommoEventRow {
  id: number;
  type: 'contact_added' | 'contact_deleted' | 'contact_restored' | 'entity_merged';
  entity_id: number;
  entity_type: 'contact';
  /** Unix seconds. */
  created_at: number;
}

/** Everything a sandbox account holds. Tests may change any of it while the sandbox runs. */
export interface KommoData {
  readonly account: { readonly id: number; readonly name: string; readonly subdomain: string; readonly created_at: number };
  readonly contacts: KommoContactRow[];
  readonly companies: KommoCompanyRow[];
  readonly events: KommoEventRow[];
  readonly leads: KommoLeadRow[];
  readonly users: KommoUserRow[];
  readonly userGroups: KommoNamed[];
  readonly roles: KommoNamed[];
  readonly catalogs: KommoCatalogRow[];
  readonly elements: KommoElementRow[];
  readonly contactTags: KommoTag[];
  readonly contactFields: KommoFieldDefinition[];
  readonly companyFields: KommoFieldDefinition[];
}
