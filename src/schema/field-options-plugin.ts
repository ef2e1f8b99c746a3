import { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { isScope, SCOPES, type Scope } from '../auth/scopes.ts';
import { LOOK_AHEAD, LOOK_AHEAD_OPTIONS, type LookAheadOptions } from './field-options.ts';

/**
 * Gives fields the options of field-options.ts. The only place where scopes are enforced on fields.
 *
 * Building a schema throws when a field of Query, Mutation or Subscription has no scope, or any field one that does not exist.
 */
export class FieldOptionsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { scope } = field.pothosOptions;
    const place = `${field.parentType}.${field.name}`;
    if (scope !== undefined && !isScope(scope))
      throw new Error(`${place}: "${String(scope)}" is no scope; the scopes are ${SCOPES.join(', ')}.`);
    const misplaced = ['scope', ...LOOK_AHEAD_OPTIONS].find((name) => Object.hasOwn(field.extensions ?? {}, name));
    if (misplaced !== undefined) throw new Error(`${place}: "${misplaced}" is an option of the field, not an extension.`);
    return {
      ...field,
      ...(scope !== undefined && { description: `${field.description ?? ''}\n\nNeeds the scope \`${scope}\`.`.trim() }),
      extensions: { ...field.extensions, ...(scope !== undefined && { scope }), [LOOK_AHEAD]: pickLookAhead(field.pothosOptions) },
    };
  }

  /** Wraps the resolvers of fields with a scope, and no others: what is not awaited stays synchronous. */
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { pothosOptions: { scope } }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (scope === undefined) return resolve;
    const { authorize } = this.builder.options.fieldOptions;
    return (parent, args, context, info) => {
      authorize(scope, context);
      return resolve(parent, args, context, info);
    };
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const open = roots.flatMap((root) => (root ? fieldsWithoutScope(root) : []));
    if (open.length > 0) throw new Error(`Without a scope anyone could use ${open.join(', ')}.`);
    return schema;
  }
}

function fieldsWithoutScope(type: GraphQLObjectType): readonly string[] {
  return Object.values(type.getFields()).flatMap(({ name, extensions }) => (isScope(extensions['scope']) ? [] : [`${type.name}.${name}`]));
}

function pickLookAhead(options: LookAheadOptions<never>): LookAheadOptions<never> {
  const { needs, reads, isInReference, readBeforeDeletion, usersShown, companyShown } = options;
  return {
    ...(needs && { needs }),
    ...(reads && { reads }),
    ...(isInReference && { isInReference }),
    ...(readBeforeDeletion && { readBeforeDeletion }),
    ...(usersShown && { usersShown }),
    ...(companyShown && { companyShown }),
  };
}

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      fieldOptions: FieldOptionsPlugin<Types>;
    }

    interface SchemaBuilderOptions<Types extends SchemaTypes> {
      fieldOptions: {
        /** Throws what a caller without the scope gets instead of the field. Called before the field's own resolver. */
        readonly authorize: (scope: Scope, context: Types['Context']) => void;
      };
    }
  }
}
