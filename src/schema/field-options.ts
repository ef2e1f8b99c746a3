import type { FieldNullability, InputFieldMap, SchemaTypes, TypeParam } from '@pothos/core';
import type { GraphQLField } from 'graphql';
import type { Scope } from '../auth/scopes.ts';
import type { Detail } from '../datasources/port/list-query.ts';
import type { CompanyReference, ContactRecord } from '../datasources/port/records/contact.ts';
import type { UserReference } from '../datasources/port/records/staff.ts';
import type { RequestContext } from './context.ts';
import type { SelectedField } from './selection.ts';

/** What a row knows of a company or a user that it refers to: the reference behind values of a type. */
export type ReferenceTo<Parent> = Parent extends ContactRecord
  ? CompanyReference
  : Parent extends { readonly reference: UserReference }
    ? UserReference
    : never;

/** What a deletion hands to the fields that have to be read before it. */
export interface ReadAhead {
  readonly context: RequestContext;
  /** What the query selects of the field's value. */
  readonly selected: readonly SelectedField[];
  /** Reads what the query selects of a value of the field, as far as that has to be read before a deletion too. Never rejects. */
  readonly readBelow: (value: unknown) => Promise<void>;
}

/** What a field says of itself to those who look ahead over a query. `Parent` is what its resolver gets. */
export interface LookAheadOptions<Parent = never> {
  /** The details that a contact has to be read with for this field. */
  readonly needs?: readonly Detail[];
  /** The members of a contact's record that the field reads, where they are not called as the field is: damage in them is damage of the row. */
  readonly reads?: readonly (keyof ContactRecord)[];
  /** Whether a reference alone is enough for this field. Where nothing else is selected, the value is not read at all. */
  readonly isInReference?: true | ((reference: ReferenceTo<Parent>) => boolean);
  /** Reads what the field shows, where that cannot be read any more once the contact is deleted. What it throws, the field itself reports. */
  readonly readBeforeDeletion?: (parent: Parent, ahead: ReadAhead) => Promise<unknown>;
  /** The company that the field shows. */
  readonly companyShown?: (parent: Parent) => CompanyReference | null;
  /** The users that the field shows, at whatever depth. The list's reports say when their names are withheld. */
  readonly usersShown?: (parent: Parent) => readonly UserReference[];
}

/** The names of LookAheadOptions. */
export const LOOK_AHEAD_OPTIONS = [
  'needs',
  'reads',
  'isInReference',
  'readBeforeDeletion',
  'usersShown',
  'companyShown',
] as const satisfies readonly (keyof LookAheadOptions)[];

/** Where the plugin puts the options of a field. */
export const LOOK_AHEAD = Symbol('look-ahead options');

/** LookAheadOptions of a field whose parent type is known at run time only. */
interface ErasedLookAheadOptions extends Omit<LookAheadOptions<unknown>, 'isInReference'> {
  readonly isInReference?: true | ((reference: unknown) => boolean);
}

/** Returns the options of a field. What is handed to them has to be of the field's parent type. */
export function lookAheadOptions(field: GraphQLField<unknown, unknown>): ErasedLookAheadOptions {
  return (field.extensions[LOOK_AHEAD] ?? {}) as ErasedLookAheadOptions;
}

/** Whether a reference knows all that is selected of the value that it refers to. */
export function isEnough(reference: CompanyReference | UserReference, selected: readonly SelectedField[]): boolean {
  return selected.every(({ field }) => {
    const { isInReference } = lookAheadOptions(field);
    return isInReference === true || isInReference?.(reference) === true;
  });
}

declare global {
  export namespace PothosSchemaTypes {
    interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > extends LookAheadOptions<ParentShape> {
      /** What callers need to be allowed for this field: it fails with FORBIDDEN for others, and its description says so. */
      scope?: Scope;
    }

    interface QueryFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      scope: Scope;
    }

    interface MutationFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      scope: Scope;
    }

    interface SubscriptionFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveShape,
      ResolveReturnShape,
    > {
      scope: Scope;
    }
  }
}
