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
type Members = Record<string, unknown>;

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
        if (value instanceof Promise) (awaited ??= []).push(value.then((settled) => void (answer[place.key] = settled)));
      }
    } catch (error) {
      if (awaited === null) throw error;
      // Once the others are heard, or the first of them has failed as well.
      const fail = (): never => {
        throw error;
      };
      return whenSettled(awaited, answer).then(fail, fail);
    }
    return awaited === null ? answer : whenSettled(awaited, answer);
  }

  #field(place: Place, source: unknown, parentPath: Path | undefined): Settled {
    const info = new FieldInfo(place, this.#scope, parentPath);
    const { shape } = place;
    try {
      const value = place.resolve(source, this.#arguments.of(place), this.#context, info);
      const completed = isPromise(value)
        ? toPromise(value).then((settled) => this.#complete(shape, place, info, undefined, settled))
        : this.#complete(shape, place, info, undefined, value);
      if (!(completed instanceof Promise)) return completed;
      return completed.then(undefined, (error: unknown) => this.#fail(error, shape, place, info.path));
    } catch (error) {
      return this.#fail(error, shape, place, info.path);
    }
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
    const items: unknown[] = [];
    let hasPromise = false;
    try {
      for (const item of value) {
        const completed = this.#item(shape, place, info, { prev, key: items.length, typename: undefined }, item);
        hasPromise ||= completed instanceof Promise;
        items.push(completed);
      }
    } catch (error) {
      // The others may fail as well: with nobody to listen, that would end the process.
      for (const item of [...items, ...value]) if (isPromise(item)) toPromise(item).catch(() => undefined);
      throw error;
    }
    return hasPromise ? Promise.all(items) : items;
  }

  #item(shape: ValueShape, place: Place, info: FieldInfo, path: Path, item: unknown): Settled {
    try {
      const completed = isPromise(item)
        ? toPromise(item).then((settled) => this.#complete(shape, place, info, path, settled))
        : this.#complete(shape, place, info, path, item);
      if (!(completed instanceof Promise)) return completed;
      return completed.then(undefined, (error: unknown) => this.#fail(error, shape, place, path));
    } catch (error) {
      return this.#fail(error, shape, place, path);
    }
  }

  #abstract(type: GraphQLAbstractType, place: Place, info: FieldInfo, itemPath: Path | undefined, value: unknown): Settled {
    const name = (type.resolveType ?? defaultTypeResolver)(value, this.#context, info, type);
    return isPromise(name)
      ? toPromise(name).then((settled) => this.#objectOf(this.#runtimeType(type, settled), place, info, itemPath, value))
      : this.#objectOf(this.#runtimeType(type, name), place, info, itemPath, value);
  }

  #runtimeType(type: GraphQLAbstractType, name: unknown): GraphQLObjectType {
    const { schema } = this.#scope;
    const found = typeof name === 'string' ? schema.getType(name) : undefined;
    if (isObjectType(found) && schema.isSubType(type, found)) return found;
    throw new Error(`A value of the abstract type ${type.name} is of none of its types.`);
  }

  #objectOf(type: GraphQLObjectType, place: Place, info: FieldInfo, itemPath: Path | undefined, value: unknown): Settled {
    const answer = (): Settled => this.#object(planBelow(place, type, this.#scope), value, itemPath ?? info.path);
    if (!type.isTypeOf) return answer();
    const check = (isOfType: boolean): Settled => {
      if (!isOfType) throw new Error(`A value is not of the type ${type.name}.`);
      return answer();
    };
    const isOfType = type.isTypeOf(value, this.#context, info);
    return isPromise(isOfType) ? toPromise(isOfType).then(check) : check(isOfType);
  }
}

/** Gives an object when its members are there. It takes as many turns as graphql-tools' executor, so that errors come in the same order. */
function whenSettled(members: readonly Promise<unknown>[], answer: Members): Promise<Members> {
  const [only] = members;
  return (members.length === 1 && only !== undefined ? only : Promise.all(members)).then(() => answer);
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

/** Whether a resolver gave a promise, of whatever make. */
function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** One of Node.js' own is left as it is. */
function toPromise<T>(value: PromiseLike<T>): Promise<T> {
  return Promise.resolve(value);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
