import { RefusalMemory } from '../../cache/refusal-memory.ts';
import type { Call } from '../../port/call.ts';
import type { ContactFilterField } from '../../port/list-query.ts';
import { SourceError } from '../../port/source-error.ts';
import type { ListRefusal } from '../reply.ts';
import { STABLE_SORT, type ListRead, type OnlyofficePlan } from './plan.ts';

/** The members of a filter by the parameters of `contact/filter` that ask for them, in lower case. `contactListView` also asks for opportunities. */
const FIELD_BY_PARAMETER = new Map<string, ContactFilterField>([
  ['filtervalue', 'SEARCH'],
  ['contactlistview', 'KIND'],
  ['tags', 'TAGS'],
  ['contactstage', 'STATUS'],
  ['contacttype', 'TYPE'],
  ['responsibleid', 'RESPONSIBLE'],
  ['isshared', 'IS_SHARED'],
  ['fromdate', 'CREATED_AT'],
  ['todate', 'CREATED_AT'],
]);
/** What rows of the list show, each or most of them, so that it can be checked. */
const SHOWN: ReadonlySet<ContactFilterField> = new Set(['KIND', 'TAGS', 'STATUS', 'IS_SHARED', 'CREATED_AT']);
const SORT = ['sortby', 'sortorder'];
const CONTACT_INFO_PARAMETERS = ['bycontactinfo', 'infotype', 'isprimary'];
/** The list of contacts by one of their contact infos, as a part that may be refused. */
const BY_CONTACT_INFO = 'bycontactinfo';

/** Knows which parameters of its lists a portal ignores, or refuses. */
export class FilterTrust {
  readonly #source: string;
  /** Parameters, and members that are ignored. */
  readonly #parts: RefusalMemory;
  /** Parameters, each with the one plan that it was refused for. */
  readonly #questions: RefusalMemory;

  constructor(source: string, ttlMs: number, now: () => number) {
    this.#source = source;
    this.#parts = new RefusalMemory(ttlMs, now);
    this.#questions = new RefusalMemory(ttlMs, now);
  }

  /**
   * The plan without what is known to be refused. Makes no call.
   *
   * @throws SourceError FILTER_UNSUPPORTED, with the members, where rows do not show what is missing.
   */
  usable(plan: OnlyofficePlan, call: Pick<Call, 'freshAfter'>): OnlyofficePlan {
    const isRefused = (part: string) => this.#parts.has(part, call) || this.#questions.has(`${part} ${plan.key}`, call);
    return this.#withoutParts(plan, partsOf(plan).filter(isRefused));
  }

  /**
   * The plan without what the portal has refused of it: the parameters that it names, otherwise those that can be done without, one kind after the
   * other. Remembers it: for all plans where the portal names them, otherwise for this one.
   *
   * @throws SourceError FILTER_UNSUPPORTED as `usable`; the refusal, as a failure of the portal, where nothing can be left out.
   */
  without(plan: OnlyofficePlan, refusal: ListRefusal): OnlyofficePlan {
    const sent = partsOf(plan);
    const words = refusal.words.toLowerCase();
    const named = sent.filter((part) => isNamed(part, words));
    const isFilter = (part: string) => !SORT.includes(part);
    const suspects = [
      named,
      sent.filter((part) => isFilter(part) && canBeLeftOut(plan, part)),
      sent.filter((part) => !isFilter(part)),
      sent,
    ];
    const refused = suspects.find((parts) => parts.length > 0);
    if (refused === undefined) throw refusal.with({ scope: 'SOURCE' });
    for (const part of refused) {
      if (named.length > 0) this.#parts.note(part);
      else this.#questions.note(`${part} ${plan.key}`);
    }
    return this.#withoutParts(plan, refused);
  }

  /** Members that the portal is known to ignore, so that rows that do not show them prove nothing. */
  ignored({ members }: OnlyofficePlan, call: Pick<Call, 'freshAfter'>): ReadonlySet<ContactFilterField> {
    return new Set([...members.keys()].filter((field) => this.#parts.has(field, call)));
  }

  noteIgnored(fields: Iterable<ContactFilterField>): void {
    for (const field of fields) this.#parts.note(field);
  }

  #withoutParts(plan: OnlyofficePlan, parts: readonly string[]): OnlyofficePlan {
    if (parts.length === 0) return plan;
    const missing = parts.flatMap((part) => (canBeLeftOut(plan, part) ? [] : fieldOf(plan, part)));
    if (missing.length > 0) {
      const message = `${this.#source} does not take this filter, and its rows do not show what it asks for.`;
      throw new SourceError(this.#source, 'FILTER_UNSUPPORTED', message, { unsupportedFilters: [...new Set(missing)] });
    }
    if (parts.includes(BY_CONTACT_INFO)) return { ...plan, reads: [{ list: 'filter', parameters: STABLE_SORT }], needsTags: false };
    const reads = plan.reads.map((read): ListRead =>
      read.list === 'filter' ? { ...read, parameters: read.parameters.filter(([name]) => !parts.includes(name.toLowerCase())) } : read,
    );
    return { ...plan, reads, unsent: [...plan.unsent, ...parts.flatMap((part) => fieldOf(plan, part))] };
  }
}

/** The names of all parameters that a plan sends, in lower case. */
function partsOf({ reads }: OnlyofficePlan): string[] {
  const names = reads.flatMap((read) => {
    if (read.list === 'contactInfo') return [BY_CONTACT_INFO];
    return read.list === 'filter' ? read.parameters.map(([name]) => name.toLowerCase()) : [];
  });
  return [...new Set(names)];
}

function isNamed(part: string, words: string): boolean {
  return part === BY_CONTACT_INFO ? CONTACT_INFO_PARAMETERS.some((name) => hasWord(words, name)) : hasWord(words, part);
}

function hasWord(words: string, word: string): boolean {
  return words.split(/[^a-z]+/).includes(word);
}

function canBeLeftOut(plan: OnlyofficePlan, part: string): boolean {
  return fieldOf(plan, part).every((field) => SHOWN.has(field));
}

/** The member that a parameter asks for; none for an order, which may be left out. */
function fieldOf({ members }: OnlyofficePlan, part: string): ContactFilterField[] {
  const field = part === 'contactlistview' && members.has('HAS_LEADS') ? 'HAS_LEADS' : FIELD_BY_PARAMETER.get(part);
  return field === undefined ? [] : [field];
}
