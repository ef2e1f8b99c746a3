import {
  defaultTypeResolver,
  getVariableValues,
  GraphQLError,
  isObjectType,
  locatedError,
  OperationTypeNode,
  responsePathAsArray,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { collectSelections } from '../../schema/budget/selection-weight.ts';
import { FieldArguments } from './field-arguments.ts';
import { FieldInfo, type ExecutionScope, type Path } from './field-info.ts';
import { factsOf, type QueryFacts } from './query-facts.ts';
import { makePlan, planBelow, type Place, type SelectionPlan } from './selection-plan.ts';
import { failWhenSettled, isPromise, putWhenSettled, toPromise, whenSettled, type Members } from './settling.ts';
import type { ValueShape } from './value-shape.ts';

/** One query to be executed. */
export interface QueryRequest {
  readonly schema: GraphQLSchema;
  /** Has been validated. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly contextValue: unknown;
}

/** Answers of a field, an object or a list: there already, or later. */
type Settled = unknown;

/**
 * Executes a query. Gives the same answer as graphql-tools' executor, errors and their places included, for a fraction of the objects: what the
 * document says of a field is worked out once for the document, and not for each object.
 *
 * @returns null for what it leaves to that executor: mutations, subscriptions, answers in parts, and variables that are not accepted.
 */
export function executeQuery({
  schema,
  document,
  operation,
  variables,
  contextValue,
}: QueryRequest): ExecutionResult | Promise<ExecutionResult> | null {
  const type = schema.getQueryType();
  const facts = factsOf(document);
  if (operation.operation !== OperationTypeNode.QUERY || facts.isIncremental || !type) return null;
  const { variableValues } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (variableValues === undefined) return null;
  if (facts.conditions.some((name) => typeof variableValues.coerced[name] !== 'boolean')) return null;
  const scope = { schema, operation, fragments: facts.fragments, variableValues };
  return new Execution(scope, contextValue).run(planRoot(facts, scope, type));
}

function planRoot({ rootPlans, conditions }: QueryFacts, scope: ExecutionScope, type: GraphQLObjectType): SelectionPlan {
  const { operation } = scope;
  const known = rootPlans.get(operation);
  if (known !== undefined) return known;
  const plan = makePlan(collectSelections(operation.selectionSet.selections, type, scope), type, scope);
  if (conditions.length === 0) rootPlans.set(operation, plan);
  return plan;
}

/**
 * Functions that most values pass make no function of their own: V8 gives such a one, on each call, an object for the variables that it shares with
 * it, whether it is made or not. What a promise needs is therefore in functions beside them.
 */
class Execution {
  readonly #scope: ExecutionScope;
  readonly #context: unknown;
  readonly #arguments: FieldArguments;
  readonly #errors: GraphQLError[] = [];

  constructor(scope: ExecutionScope, context: unknown) {
    this.#scope = scope;
    this.#context = context;
    this.#arguments = new FieldArguments(scope.variableValues);
  }

  run(plan: SelectionPlan): ExecutionResult | Promise<ExecutionResult> {
    try {
      const data = this.#object(plan, undefined, undefined);
      return data instanceof Promise
        ? data.then(
            (settled) => this.#result(settled),
            (error: unknown) => this.#failed(error),
          )
        : this.#result(data);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #result(data: Settled): ExecutionResult {
    const answer = data as Members | null;
    return this.#errors.length === 0 ? { data: answer } : { errors: this.#errors, data: answer };
  }

  #failed(error: unknown): ExecutionResult {
    this.#errors.push(error as GraphQLError);
    return this.#result(null);
  }

  /** Answers the fields of one object. @throws GraphQLError of a field that cannot be null. */
  #object({ places, hasProto }: SelectionPlan, source: unknown, path: Path | undefined): Settled {
    const answer = (hasProto ? Object.create(null) : {}) as Members;
    let awaited: Promise<unknown>[] | null = null;
    try {
      for (const place of places) {
        const value = this.#field(place, source, path);
        answer[place.key] = value;
        if (value instanceof Promise) (awaited ??= []).push(putWhenSettled(answer, place.key, value));
      }
    } catch (error) {
      if (awaited === null) throw error;
      return failWhenSettled(awaited, answer, error);
    }
    return awaited === null ? answer : whenSettled(awaited, answer);
  }

  #field(place: Place, source: unknown, parentPath: Path | undefined): Settled {
    const info = new FieldInfo(place, this.#scope, parentPath);
    const { shape } = place;
    try {
      const value = place.resolve(source, this.#arguments.of(place), this.#context, info);
      const completed = isPromise(value)
        ? this.#completeLater(shape, place, info, undefined, value)
        : this.#complete(shape, place, info, undefined, value);
      return completed instanceof Promise ? this.#failLater(completed, shape, place, info, undefined) : completed;
    } catch (error) {
      return this.#fail(error, shape, place, info.path);
    }
  }

  #completeLater(
    shape: ValueShape,
    place: Place,
    info: FieldInfo,
    itemPath: Path | undefined,
    value: PromiseLike<unknown>,
  ): Promise<unknown> {
    return toPromise(value).then((settled) => this.#complete(shape, place, info, itemPath, settled));
  }

  #failLater(completed: Promise<unknown>, shape: ValueShape, place: Place, info: FieldInfo, itemPath: Path | undefined): Promise<unknown> {
    return completed.then(undefined, (error: unknown) => this.#fail(error, shape, place, itemPath ?? info.path));
  }

  /** Puts an error where it belongs. @returns null. @throws GraphQLError where that is not allowed. */
  #fail(error: unknown, { isNonNull }: ValueShape, { nodes }: Place, path: Path): null {
    const located = locatedError(toError(error), nodes, responsePathAsArray(path));
    if (isNonNull) throw located;
    this.#errors.push(located);
    return null;
  }

  /**
   * @param itemPath Of an item of a list; undefined for the value of the field itself.
   * @returns The answer, or a promise of it that is one of Node.js' own.
   */
  #complete(shape: ValueShape, place: Place, info: FieldInfo, itemPath: Path | undefined, value: unknown): Settled {
    if (value === null || value === undefined) {
      if (!shape.isNonNull) return null;
      throw new Error(`Cannot return null for non-nullable field ${place.parentType.name}.${place.field.name}.`);
    }
    if (value instanceof Error) throw value;
    switch (shape.kind) {
      case 'leaf':
        return serialize(shape.type, value);
      case 'list':
        return this.#list(shape.item, place, info, itemPath, value);
      case 'object':
        return this.#objectOf(shape.type, place, info, itemPath, value);
      case 'abstract':
        return this.#abstract(shape.type, place, info, itemPath, value);
    }
  }

  #list(shape: ValueShape, place: Place, info: FieldInfo, itemPath: Path | undefined, value: unknown): Settled {
    if (!isIterable(value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${place.parentType.name}.${place.field.name}".`);
    }
    const prev = itemPath ?? info.path;
    let items: unknown[] | null = null;
    let hasPromise = false;
    try {
      for (const item of value) {
        const completed = this.#item(shape, place, info, { prev, key: items === null ? 0 : items.length, typename: undefined }, item);
        hasPromise ||= completed instanceof Promise;
        // Not pushed into an empty list, for which V8 takes room for 17 at once: most lists of a row have one item.
        if (items === null) items = [completed];
        else items.push(completed);
      }
    } catch (error) {
      // The others may fail as well: with nobody to listen, that would end the process.
      for (const item of [...(items ?? []), ...value]) if (isPromise(item)) toPromise(item).catch(() => undefined);
      throw error;
    }
    if (items === null) return [];
    return hasPromise ? Promise.all(items) : items;
  }

  #item(shape: ValueShape, place: Place, info: FieldInfo, path: Path, item: unknown): Settled {
    try {
      const completed = isPromise(item)
        ? this.#completeLater(shape, place, info, path, item)
        : this.#complete(shape, place, info, path, item);
      return completed instanceof Promise ? this.#failLater(completed, shape, place, info, path) : completed;
    } catch (error) {
      return this.#fail(error, shape, place, path);
    }
  }

  #abstract(type: GraphQLAbstractType, place: Place, info: FieldInfo, itemPath: Path | undefined, value: unknown): Settled {
    const name = (type.resolveType ?? defaultTypeResolver)(value, this.#context, info, type);
    return isPromise(name)
      ? this.#abstractLater(type, place, info, itemPath, value, name)
      : this.#objectOf(this.#runtimeType(type, name), place, info, itemPath, value);
  }

  #abstractLater(
    type: GraphQLAbstractType,
    place: Place,
    info: FieldInfo,
    itemPath: Path | undefined,
    value: unknown,
    name: PromiseLike<unknown>,
  ): Promise<unknown> {
    return toPromise(name).then((settled) => this.#objectOf(this.#runtimeType(type, settled), place, info, itemPath, value));
  }

  #runtimeType(type: GraphQLAbstractType, name: unknown): GraphQLObjectType {
    const { schema } = this.#scope;
    const found = typeof name === 'string' ? schema.getType(name) : undefined;
    if (isObjectType(found) && schema.isSubType(type, found)) return found;
    throw new Error(`A value of the abstract type ${type.name} is of none of its types.`);
  }

  #objectOf(type: GraphQLObjectType, place: Place, info: FieldInfo, itemPath: Path | undefined, value: unknown): Settled {
    return type.isTypeOf
      ? this.#objectIfOf(type, place, info, itemPath, value)
      : this.#object(planBelow(place, type, this.#scope), value, itemPath ?? info.path);
  }

  #objectIfOf(type: GraphQLObjectType, place: Place, info: FieldInfo, itemPath: Path | undefined, value: unknown): Settled {
    const check = (isOfType: boolean | undefined): Settled => {
      if (!isOfType) throw new Error(`A value is not of the type ${type.name}.`);
      return this.#object(planBelow(place, type, this.#scope), value, itemPath ?? info.path);
    };
    const isOfType = type.isTypeOf?.(value, this.#context, info);
    return isPromise(isOfType) ? toPromise(isOfType).then(check) : check(isOfType);
  }
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  let serialized: unknown;
  try {
    serialized = type.coerceOutputValue(value);
  } catch (error) {
    // A value that does not fit is a fault of the gateway's own, and not one that a client could have made.
    throw error instanceof GraphQLError ? new Error(error.message) : error;
  }
  if (serialized === null || serialized === undefined) throw new Error(`A value of the type ${type.name} is nothing when it is written.`);
  return serialized;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
