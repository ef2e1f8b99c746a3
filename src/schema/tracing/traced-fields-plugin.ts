import { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import type { RequestContext } from '../context.ts';

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/**
 * Has root fields and lists with pages traced, where somebody traces: they are what calls CRMs. All other fields are left as they are, so that a
 * trace stays as small as what it shows.
 */
export class TracedFieldsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (!ROOTS.has(field.parentType) && !this.#isPaged(field)) return resolve;
    const place = `${field.parentType}.${field.name}`;
    return (parent, args, context, info) => {
      const { traceField } = context as RequestContext;
      if (traceField === undefined) return resolve(parent, args, context, info);
      return traceField(place, () => resolve(parent, args, context, info));
    };
  }

  #isPaged({ type }: PothosOutputFieldConfig<Types>): boolean {
    return type.kind === 'Object' && this.buildCache.builder.configStore.getTypeConfig(type.ref).name.endsWith('Connection');
  }
}

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      tracedFields: TracedFieldsPlugin<Types>;
    }
  }
}
