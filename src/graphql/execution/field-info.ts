import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
  VariableValues,
} from 'graphql';
import type { Place } from './selection-plan.ts';

/** Where a value stands in the answer; the last key first. */
export type Path = GraphQLResolveInfo['path'];

/** What all fields of one execution share. */
export interface ExecutionScope {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variableValues: VariableValues;
}

/** What a resolver gets to know of its field. Made for each field of each object, so what can be looked up is not copied. */
export class FieldInfo implements GraphQLResolveInfo {
  readonly #place: Place;
  readonly #scope: ExecutionScope;
  readonly #parentPath: Path | undefined;
  #path: Path | undefined;

  constructor(place: Place, scope: ExecutionScope, parentPath: Path | undefined) {
    this.#place = place;
    this.#scope = scope;
    this.#parentPath = parentPath;
  }

  get fieldName(): string {
    return this.#place.field.name;
  }
  get fieldNodes(): readonly FieldNode[] {
    return this.#place.nodes;
  }
  get returnType() {
    return this.#place.field.type;
  }
  get parentType() {
    return this.#place.parentType;
  }
  get path(): Path {
    return (this.#path ??= { prev: this.#parentPath, key: this.#place.key, typename: this.#place.parentType.name });
  }
  get rootValue(): undefined {
    return undefined;
  }
  get schema() {
    return this.#scope.schema;
  }
  get fragments(): Record<string, FragmentDefinitionNode> {
    return this.#scope.fragments;
  }
  get operation() {
    return this.#scope.operation;
  }
  get variableValues() {
    return this.#scope.variableValues;
  }
  /** The gateway's resolvers read their signal from the context. */
  getAbortSignal(): undefined {
    return undefined;
  }
  getAsyncHelpers(): ReturnType<GraphQLResolveInfo['getAsyncHelpers']> {
    return ASYNC_HELPERS;
  }
}

const ASYNC_HELPERS: ReturnType<GraphQLResolveInfo['getAsyncHelpers']> = {
  promiseAll: (values) => Promise.all(values),
  track: () => undefined,
};
