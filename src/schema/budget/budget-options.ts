import type { FieldNullability, InputFieldMap, InputShapeFromFields, SchemaTypes, TypeParam } from '@pothos/core';
import type { ContactSource } from '../../datasources/port/contact-source.ts';

/** What is known of a part of an operation before it runs. */
export interface Asked {
  /** The configured sources that contacts below may come from. */
  readonly sources: readonly ContactSource[];
  /** Rows that a page, or ids that a field, asks for. */
  readonly rows: number;
}

/**
 * What the estimate before execution takes of a field whose size is known from its arguments, or was seen lately. Without it a list and an object
 * that may be null count as nothing.
 */
export interface EstimateOptions<Args = never, Parent = never> {
  /** What is known below the field. */
  readonly ask?: (args: Args, asked: Asked) => Partial<Asked>;
  /** The length of the list; 1 when left out. */
  readonly items?: (asked: Asked) => number;
  /** Whether it is a list of contacts, which may have to read much to find little: an operation may have LISTS_MAX of them. */
  readonly isContactList?: boolean;
  /** Called with the length of each list that was resolved. */
  readonly noteSize?: (parent: Parent, size: number) => void;
}

/** Lists of contacts that one operation may ask for. */
export const LISTS_MAX = 10;

/** Where the plugin puts a field's EstimateOptions. */
export const ESTIMATE = Symbol('estimate options');

/** How long the length of a list is taken as known, in milliseconds. */
const SIZE_TTL_MS = 60_000;
const sizes = new WeakMap<ContactSource, Map<string, { readonly size: number; readonly seenAt: number }>>();

/** Options of a list that each source has for itself: it counts as long as it was when it was last resolved, up to a minute ago. */
export function sizeLastSeen(list: string): EstimateOptions<unknown, ContactSource> {
  return {
    items: ({ sources }) => (sources.length === 0 ? 0 : Math.min(...sources.map((source) => knownSize(source, list)))),
    noteSize: (source, size) => {
      const bySource = sizes.get(source) ?? new Map();
      bySource.set(list, { size, seenAt: performance.now() });
      sizes.set(source, bySource);
    },
  };
}

function knownSize(source: ContactSource, list: string): number {
  const known = sizes.get(source)?.get(list);
  return known === undefined || performance.now() - known.seenAt > SIZE_TTL_MS ? 0 : known.size;
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
    > {
      /** Lets the estimate before execution count what is below the field. */
      estimate?: EstimateOptions<InputShapeFromFields<Args>, ParentShape>;
      /** In a mutation: the field is null, with one error, where anything below it is beyond the budget of values. It has to be nullable. */
      isCutWhole?: boolean;
    }

    interface ObjectTypeOptions<Types extends SchemaTypes = SchemaTypes, Shape = unknown> {
      /** In a mutation: fields of this type are answered even when the budget of values is used up. */
      isAlwaysAnswered?: boolean;
    }
  }
}
