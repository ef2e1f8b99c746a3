import {
  coerceInputLiteral,
  getArgumentValues,
  GraphQLError,
  isNonNullType,
  Kind,
  print,
  type GraphQLArgument,
  type ValueNode,
  type VariableValues,
} from 'graphql';
import type { Place } from './selection-plan.ts';

/**
 * The arguments of fields as their resolvers get them. Each is read once for a request, or once for a document where no variable is in it: the same
 * object goes to all rows, and no resolver may change it.
 */
export class FieldArguments {
  readonly #variables: VariableValues;
  readonly #known = new Map<Place, object>();

  constructor(variables: VariableValues) {
    this.#variables = variables;
  }

  /** @throws GraphQLError for a value that its argument cannot take, in the words of graphql-tools' executor. */
  of(place: Place): object {
    if (place.arguments === 'none') return NONE;
    const known = place.constantArguments ?? this.#known.get(place);
    if (known !== undefined) return known;
    const values = this.#read(place);
    if (place.arguments === 'constant') place.constantArguments = values;
    else this.#known.set(place, values);
    return values;
  }

  #read({ field, first }: Place): object {
    try {
      return Object.freeze({ ...getArgumentValues(field, first, this.#variables) });
    } catch (error) {
      for (const argument of field.args) {
        const value = first.arguments?.find(({ name }) => name.value === argument.name)?.value;
        if (value !== undefined) this.#check(argument, value);
      }
      throw error;
    }
  }

  #check({ name, type }: GraphQLArgument, value: ValueNode): void {
    const isVariable = value.kind === Kind.VARIABLE;
    const variables = this.#variables.coerced;
    if (isVariable && !Object.hasOwn(variables, value.name.value)) return;
    const isNull = value.kind === Kind.NULL || (isVariable && variables[value.name.value] === null);
    if (isNull && isNonNullType(type)) {
      throw new GraphQLError(`Argument "${name}" of non-null type "${String(type)}" must not be null.`, { nodes: [value] });
    }
    if (coerceInputLiteral(value, type, this.#variables) === undefined) {
      throw new GraphQLError(`Argument "${name}" has invalid value ${print(value)}.`, { nodes: [value] });
    }
  }
}

const NONE = Object.freeze({});
