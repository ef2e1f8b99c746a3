import { SourceError } from '../../port/source-error.ts';
import { clausesOf, formsOf, leavesOf, toWireFilter, type Condition, type Form, type Leaf, type WireFilter } from './filter.ts';
import { CallgearError } from '../rpc-error.ts';

/** With these CallGear refuses a filter, an operator or a value in it. */
const REFUSALS: ReadonlySet<string | undefined> = new Set([
  'invalid_parameter_value',
  'filter_prohibited',
  'unexpected_parameters',
  'data_type_error',
  'invalid_parameters_combination',
  // The one with a text of its own, such as a complaint about a jsquery.
  'error',
]);

/** Parameters beside the filter that the same mnemonics may be about. */
const OTHER_PARAMETERS: ReadonlySet<string> = new Set(['limit', 'offset', 'sort', 'order', 'fields', 'access_token', 'user_id']);

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

  constructor(source: string) {
    this.#source = source;
  }

  /**
   * Runs `attempt` with the condition as CallGear takes it.
   * Cost: 1 attempt as a rule; more until the accepted form is known.
   *
   * @throws SourceError FILTER_UNSUPPORTED, with the members concerned, when every form of a list's filter is refused;
   *   whatever `attempt` throws otherwise.
   */
  async run<T>(method: string, condition: Condition, attempt: (filter: WireFilter) => Promise<T>): Promise<T> {
    const leaves = leavesOf(condition);
    let choices = this.#choices(method, leaves);
    for (let tries = 1; ; tries += 1) {
      const choice: Choice = choices[0] ?? new Map();
      try {
        const value = await attempt(toWireFilter(condition, formIn(choice)));
        if (tries > 1) for (const [field, form] of choice) this.#known.set(`${method} ${field}`, form);
        return value;
      } catch (error) {
        if (!(error instanceof CallgearError) || !isFilterRefusal(error)) throw error;
        const refused = refusedFields(error, leaves, choice);
        choices = choices.slice(1).filter((other) => refused.every((field) => other.get(field) !== choice.get(field)));
        if (choices.length === 0 || tries >= TRIES_MAX) throw this.#unsupported(error, leaves, refused);
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

  #unsupported(error: CallgearError, leaves: readonly Leaf[], refused: readonly string[]): SourceError {
    const named = leaves.filter((leaf) => refused.includes(leaf.field));
    // Without a name it is most likely one of those whose form is a guess.
    const guessed = leaves.filter((leaf) => formsOf(leaf).length > 1);
    const concerned = [named, guessed, leaves].find((candidates) => candidates.length > 0) ?? [];
    const members = [...new Set(concerned.flatMap((leaf) => leaf.member ?? []))];
    if (members.length === 0) return error;
    return new SourceError(this.#source, 'FILTER_UNSUPPORTED', `${this.#source} does not take this filter`, {
      cause: error,
      httpStatus: error.httpStatus,
      errorKey: error.errorKey,
      unsupportedFilters: members,
    });
  }
}

function isFilterRefusal(error: CallgearError): boolean {
  if (!REFUSALS.has(error.errorKey)) return false;
  return error.field === null || !error.field.split('.').some((part) => OTHER_PARAMETERS.has(part));
}

/**
 * The fields whose filter CallGear objects to. It may name the field, or repeat the operator or the value; [] when it does neither.
 */
function refusedFields({ field, refusedValue }: CallgearError, leaves: readonly Leaf[], choice: Choice): readonly string[] {
  const named = new Set(field?.split('.') ?? []);
  const byName = leaves.filter((leaf) => named.has(leaf.field));
  const isRefused = (leaf: Leaf) =>
    clausesOf(toWireFilter(leaf, formIn(choice))).some(({ operator, value }) => operator === refusedValue || value === refusedValue);
  const refused = byName.length > 0 ? byName : leaves.filter(isRefused);
  return [...new Set(refused.map((leaf) => leaf.field))];
}

function formIn(choice: Choice): (leaf: Leaf) => Form {
  return (leaf) => choice.get(leaf.field) ?? 'each';
}
