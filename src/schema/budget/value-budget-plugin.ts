import { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import { getNamedType, OperationTypeNode, type GraphQLFieldResolver, type GraphQLNamedType, type GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';
import { ESTIMATE } from './budget-options.ts';
import { weigh } from './selection-weight.ts';
import { SHORT_TEXT_LENGTH, type ValueBudget } from './value-budget.ts';

type Resolver = GraphQLFieldResolver<unknown, RequestContext, object>;
/** Counts a value that is there. @returns False when the budget is used up. */
type Count = (value: NonNullable<unknown>, budget: ValueBudget, info: GraphQLResolveInfo) => boolean;

/** Scalars whose values may have any length. */
const TEXTS: ReadonlySet<string> = new Set(['String', 'ID']);

interface Field {
  readonly count: Count;
  readonly isList: boolean;
  readonly isNullable: boolean;
  readonly isAlwaysAnswered: boolean;
  readonly isCutWhole: boolean;
  /** Called with the parent and the length of a list. */
  readonly noteSize: ((parent: unknown, size: number) => void) | undefined;
}

/**
 * Counts what is resolved, in whatever engine runs the operation: resolvers of objects and lists are wrapped, and those of texts, whose length
 * counts. Other fields cost nothing: they are part of the weight of their object.
 *
 * Once the budget is used up, a query ends soon: its lists are empty and its objects null, since the answer is refused as a whole
 * (use-value-budget.ts). In a mutation a field that is too much is null with an error; fields with `isCutWhole` are left out as a whole; what is not
 * nullable otherwise, and everything of types with `isAlwaysAnswered`, is answered all the same.
 */
export class ValueBudgetPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { estimate } = field.pothosOptions;
    return estimate === undefined ? field : { ...field, extensions: { ...field.extensions, [ESTIMATE]: estimate } };
  }

  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    config: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const counted = this.#counted(resolve as unknown as Resolver, config);
    return counted as unknown as GraphQLFieldResolver<unknown, Types['Context'], object>;
  }

  /** Fields that are counted with their object keep their resolver. */
  #counted(resolve: Resolver, { type, parentType, pothosOptions }: PothosOutputFieldConfig<Types>): Resolver {
    const isList = type.kind === 'List';
    const item = type.kind === 'List' ? type.type : type;
    const isPlain = item.kind === 'Scalar' || item.kind === 'Enum';
    if (isPlain && !isList) {
      const isText = 'ref' in item && TEXTS.has(this.buildCache.getTypeConfig(item.ref).name);
      return isText ? countText(resolve) : resolve;
    }
    const typeOptions: object = this.buildCache.getTypeConfig(parentType).pothosOptions;
    return countResolved(resolve, {
      count: isPlain ? countItems : countObjects(isList),
      isList,
      isNullable: type.nullable,
      isAlwaysAnswered: parentType === 'Mutation' || ('isAlwaysAnswered' in typeOptions && typeOptions.isAlwaysAnswered === true),
      isCutWhole: pothosOptions.isCutWhole ?? false,
      noteSize: pothosOptions.estimate?.noteSize as Field['noteSize'],
    });
  }
}

/**
 * There are many texts, and most are no longer than a name: the shortest cost a comparison, others some nanoseconds a character.
 * What a promise needs is in a function of its own: one made in the resolver would cost each call an object for the variables that they share.
 */
function countText(resolve: Resolver): Resolver {
  const settle = (value: unknown, budget: ValueBudget, info: GraphQLResolveInfo): unknown => {
    if (typeof value !== 'string' || value.length <= SHORT_TEXT_LENGTH || budget.takeText(value)) return value;
    budget.noteExcess(info, !isMutation(info));
    if (isMutation(info)) budget.cut(info);
    return value;
  };
  const settleLater = (value: Promise<unknown>, budget: ValueBudget, info: GraphQLResolveInfo): Promise<unknown> =>
    value.then((awaited) => settle(awaited, budget, info));
  return (parent, args, context, info) => {
    const value = resolve(parent, args, context, info);
    if (typeof value === 'string') return value.length <= SHORT_TEXT_LENGTH ? value : settle(value, context.values, info);
    return value instanceof Promise ? settleLater(value, context.values, info) : value;
  };
}

const countItems: Count = (value, budget) => !Array.isArray(value) || budget.takeItems(value);

function isMutation({ operation }: GraphQLResolveInfo): boolean {
  return operation.operation === OperationTypeNode.MUTATION;
}

function countObjects(isList: boolean): Count {
  let type: GraphQLNamedType | undefined;
  return (value, budget, info) => {
    type ??= getNamedType(info.returnType);
    const weight = weigh(info.fieldNodes, type, info, budget.weights);
    return budget.takeObjects(isList && Array.isArray(value) ? value.length : 1, weight);
  };
}

/** Adds no promise where the resolver makes none. */
function countResolved(resolve: Resolver, field: Field): Resolver {
  const { count, isCutWhole, noteSize } = field;
  const settle = (value: unknown, parent: unknown, budget: ValueBudget, info: GraphQLResolveInfo): unknown => {
    if (value === null || value === undefined) return value;
    if (noteSize !== undefined && Array.isArray(value)) noteSize(parent, value.length);
    return count(value, budget, info) ? value : refuse(value, field, budget, info);
  };
  const settleLater = (value: Promise<unknown>, parent: unknown, budget: ValueBudget, info: GraphQLResolveInfo): Promise<unknown> =>
    value.then((awaited) => settle(awaited, parent, budget, info));
  return (parent, args, context, info) => {
    const budget = context.values;
    if (isCutWhole) budget.markCuttable(info);
    if (budget.excess !== null) {
      const leftover = refuse(ANSWERED, field, budget, info);
      if (leftover !== ANSWERED) return leftover;
    }
    const value = resolve(parent, args, context, info);
    return value instanceof Promise ? settleLater(value, parent, budget, info) : settle(value, parent, budget, info);
  };
}

const ANSWERED = Symbol('answered all the same');

/**
 * Returns what a field beyond the budget is answered with: null, no items, or `value` where neither is possible.
 *
 * Only nullable fields fail, so that no error ever leaves its field: executors do not wait for what is under way around one that does.
 *
 * @throws GraphQLError the budget's.
 */
function refuse(value: unknown, field: Field, budget: ValueBudget, info: GraphQLResolveInfo): unknown {
  const { isNullable, isList, isAlwaysAnswered, isCutWhole } = field;
  const isInMutation = isMutation(info);
  if (isInMutation && isAlwaysAnswered && !isCutWhole) return value;
  budget.noteExcess(info, !isInMutation);
  const isLeftOut = isInMutation ? budget.cut(info) : true;
  if (!isNullable) return isList && isLeftOut ? [] : value;
  if (isLeftOut && budget.isReported) return null;
  budget.isReported = true;
  throw budget.excess ?? new Error('a field was refused within its budget');
}

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      valueBudget: ValueBudgetPlugin<Types>;
    }
  }
}
