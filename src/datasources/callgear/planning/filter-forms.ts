import type { Call } from '../../port/call.ts';
import type { ContactFilterField } from '../../port/list-query.ts';
import { SourceError } from '../../port/source-error.ts';
import type { RefusalMemory } from '../../cache/refusal-memory.ts';
import { clausesOf, formsOf, leavesOf, toWireFilter, type Condition, type Form, type Leaf, type WireFilter } from './filter.ts';
import { CallgearError } from '../rpc-error.ts';

/** A filter of one call. */
export interface FilterQuery {
  readonly method: string;
  readonly condition: Condition;
  readonly call: Pick<Call, 'freshAfter'>;
}

/** Forms by field. */
type Choice = ReadonlyMap<string, Form>;

/** Tries of one filter; each costs a call, which CallGear does not charge when it refuses. */
const TRIES_MAX = 8;

/**
 * Finds out how this CallGear wants those filters written whose form the documentation leaves open, by trying, and remembers it.
 */
export class FilterForms {
  readonly #source: string;
  /** By method and field: the form that was taken after another was refused. */
  readonly #known = new Map<string, Form>();

  /** Fields of methods, and whole conditions, that are refused in every form. */
  readonly #refused: RefusalMemory;

  constructor(source: string, refused: RefusalMemory) {
    this.#source = source;
    this.#refused = refused;
  }

  /**
   * Runs `attempt` with the condition as CallGear takes it.
   * Cost: 1 attempt as a rule; more until the accepted form is known; none where CallGear is known to refuse all of them.
   *
   * @throws SourceError FILTER_UNSUPPORTED, with the members concerned, when every form of a list's filter is refused;
   *   whatever `attempt` throws otherwise.
   */
  async run<T>({ method, condition, call }: FilterQuery, attempt: (filter: WireFilter) => Promise<T>): Promise<T> {
    const leaves = leavesOf(condition);
    const knownRefused = leaves.filter((leaf) => leaf.member !== undefined && this.#refused.has(`${method} ${leaf.field}`, call));
    if (knownRefused.length > 0) throw this.#unsupported(membersOf(knownRefused));
    const key = `${method} ${JSON.stringify(condition)}`;
    if (this.#refused.has(key, call)) throw this.#unsupported(membersConcerned(leaves, []));
    let choices = this.#choices(method, leaves);
    for (let tries = 1; ; tries += 1) {
      const choice: Choice = choices[0] ?? new Map();
      try {
        const value = await attempt(toWireFilter(condition, formIn(choice)));
        if (tries > 1) for (const [field, form] of choice) this.#known.set(`${method} ${field}`, form);
        return value;
      } catch (error) {
        if (!isFilterRefusal(error)) throw error;
        const refused = refusedFields(error, leaves, choice);
        choices = choices.slice(1).filter((other) => refused.every((field) => other.get(field) !== choice.get(field)));
        if (choices.length > 0 && tries < TRIES_MAX) continue;
        const members = membersConcerned(leaves, refused);
        if (members.length === 0) throw error;
        // A value that is refused says nothing of other values.
        if (refused.length === 0) this.#refused.note(key);
        else if (isOfField(error, refused)) for (const field of refused) this.#refused.note(`${method} ${field}`);
        throw this.#unsupported(members, error);
      }
    }
  }

  /** Every combination of forms, the likeliest first. */
  #choices(method: string, leaves: readonly Leaf[]): readonly Choice[] {
    const forms = new Map(leaves.map((leaf) => [leaf.field, this.#formsOf(method, leaf)]));
    return [...forms].reduce<Choice[]>(
      (choices, [field, fieldForms]) => fieldForms.flatMap((form) => choices.map((choice) => new Map([...choice, [field, form]]))),
      [new Map()],
    );
  }

  #formsOf(method: string, leaf: Leaf): readonly Form[] {
    const forms = formsOf(leaf);
    const known = this.#known.get(`${method} ${leaf.field}`);
    return known === undefined || !forms.includes(known) ? forms : [known, ...forms.filter((form) => form !== known)];
  }

  #unsupported(unsupportedFilters: readonly ContactFilterField[], error?: CallgearError): SourceError {
    return new SourceError(this.#source, 'FILTER_UNSUPPORTED', `${this.#source} does not take this filter`, {
      cause: error,
      httpStatus: error?.httpStatus,
      errorKey: error?.errorKey,
      unsupportedFilters,
    });
  }
}

/** The members to name for a refusal: of the fields that CallGear named; else of those whose form is a guess; else all. */
function membersConcerned(leaves: readonly Leaf[], refused: readonly string[]): readonly ContactFilterField[] {
  const named = leaves.filter((leaf) => refused.includes(leaf.field));
  const guessed = leaves.filter((leaf) => formsOf(leaf).length > 1);
  return membersOf([named, guessed, leaves].find((candidates) => candidates.length > 0) ?? []);
}

function membersOf(leaves: readonly Leaf[]): readonly ContactFilterField[] {
  return [...new Set(leaves.flatMap((leaf) => leaf.member ?? []))];
}

/** Whether it is the field itself, or its operator, that CallGear refuses, whatever the value. */
function isOfField({ errorKey, field, refusedValue }: CallgearError, refused: readonly string[]): boolean {
  if (errorKey === 'filter_prohibited' || refusedValue === null || refusedValue === undefined) return true;
  return field?.split('.').at(-1) === 'operator' || refused.some((name) => refusedValue === name);
}

/** Whether CallGear refuses a filter, an operator or a value in it. */
export function isFilterRefusal(error: unknown): error is CallgearError {
  return error instanceof CallgearError && error.refused === 'filter';
}

/**
 * The fields whose filter CallGear objects to. It may name the field, or repeat the operator or the value; [] when it does neither.
 */
function refusedFields({ field, refusedValue }: CallgearError, leaves: readonly Leaf[], choice: Choice): readonly string[] {
  const named = new Set(field?.split('.') ?? []);
  const byName = leaves.filter((leaf) => named.has(leaf.field) || leaf.field === refusedValue);
  const isRefused = (leaf: Leaf) =>
    clausesOf(toWireFilter(leaf, formIn(choice))).some(({ operator, value }) => operator === refusedValue || value === refusedValue);
  const refused = byName.length > 0 ? byName : leaves.filter(isRefused);
  return [...new Set(refused.map((leaf) => leaf.field))];
}

function formIn(choice: Choice): (leaf: Leaf) => Form {
  return (leaf) => choice.get(leaf.field) ?? 'each';
}
