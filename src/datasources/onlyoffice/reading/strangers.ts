import type { Strangers } from '../../port/list-plan.ts';
import type { ContactFilterField, SourceFilter } from '../../port/list-query.ts';
import { isDamaged, isDamagedIn, valueOr } from '../../port/member.ts';
import { folded, normalForm } from '../../port/normal-form.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import type { OnlyofficePlan } from '../planning/plan.ts';

/** So many rows that do not satisfy a filter, of those that do, are no sign that it was ignored. */
const STRAYS_PER_ROW_MAX = 0.1;

/**
 * Finds those rows that do not belong to the list.
 *
 * A search brings along, without regard to the responsible users that were asked for, persons of companies that it finds. Private ones show by their
 * access list whether they belong; others do not show it, and are left out too (the plan is not complete then). And a portal that ignores a
 * parameter sends everybody: rows that show something else than was asked for are no answer, and from then on rows that do not show it are none
 * either, as nobody knows.
 *
 * @param ignored Members that the portal is known to ignore.
 */
export function strangersAmong(
  rows: readonly (ContactRecord | null)[],
  { strangersOf, shown, unsent }: OnlyofficePlan,
  ignored: ReadonlySet<ContactFilterField>,
): Strangers {
  const checks = CHECKS.filter(({ isAsked }) => isAsked(shown));
  const fields = checks.filter((check) => isIgnored(rows, check, shown)).map(({ field }) => field);
  const doubtful = new Set([...fields, ...ignored, ...unsent]);
  const verdicts = new Map<string, 'no' | 'unknown'>();
  for (const row of rows) {
    if (row === null) continue;
    const shows = checks.map((check) => check.shows(row, shown) ?? (doubtful.has(check.field) ? 'unknown' : true));
    if (shows.includes(false) || (strangersOf !== null && !belongs(row, strangersOf))) verdicts.set(row.idInSource, 'no');
    else if (shows.includes('unknown')) verdicts.set(row.idInSource, 'unknown');
  }
  return { verdicts, fields };
}

/** Whether rows show that the portal did not heed a member: not for one among others, which may have been changed since it was found. */
function isIgnored(rows: readonly (ContactRecord | null)[], check: Check, shown: SourceFilter): boolean {
  let [right, wrong] = [0, 0];
  for (const row of rows) {
    const shows = row === null ? undefined : check.shows(row, shown);
    if (shows === true) right += 1;
    else if (shows === false) wrong += 1;
  }
  return wrong > right * STRAYS_PER_ROW_MAX && (wrong > 1 || right === 0);
}

/** What a row shows of one member of a filter: undefined where it does not, or where it cannot be read. */
interface Check {
  readonly field: ContactFilterField;
  readonly isAsked: (filter: SourceFilter) => boolean;
  readonly shows: (row: ContactRecord, filter: SourceFilter) => boolean | undefined;
}

const CHECKS: readonly Check[] = [
  {
    field: 'KIND',
    isAsked: ({ kind }) => kind !== undefined,
    shows: (row, { kind }) => row.kind === kind,
  },
  {
    field: 'IS_SHARED',
    isAsked: ({ isShared }) => isShared !== undefined,
    shows(row, { isShared }) {
      const access = valueOr(row.access, null);
      return access === null ? undefined : access.isShared === isShared;
    },
  },
  {
    field: 'STATUS',
    isAsked: ({ statusIds }) => statusIds !== undefined,
    // A status that was deleted is not shown.
    shows: (row, { statusIds = [] }) => isOneOf(valueOr(row.status, null), statusIds),
  },
  {
    field: 'TYPE',
    isAsked: ({ typeIds }) => typeIds !== undefined,
    shows: (row, { typeIds = [] }) => isOneOf(valueOr(row.type, null), typeIds),
  },
  {
    field: 'TAGS',
    isAsked: ({ tags }) => tags !== undefined,
    shows(row, { tags = [] }) {
      if (row.tags === undefined || isDamaged(row.tags) || isDamagedIn(row, 'tags')) return undefined;
      const names = new Set(row.tags.map(({ name }) => loosely(name)));
      return tags.every((tag) => names.has(loosely(tag)));
    },
  },
  {
    field: 'RESPONSIBLE',
    isAsked: ({ responsibleIds }) => responsibleIds !== undefined,
    shows(row, { responsibleIds = [] }) {
      const access = valueOr(row.access, null);
      // Only those of private contacts are their responsible users.
      if (access === null || !access.isPrivate || access.members.length === 0 || isDamagedIn(row, 'access')) return undefined;
      return access.members.some(({ idInSource }) => responsibleIds.includes(idInSource));
    },
  },
];

function isOneOf(item: { readonly idInSource: string } | null, ids: readonly string[]): boolean | undefined {
  return item === null ? undefined : ids.includes(item.idInSource);
}

/** As the most lenient of the portals' databases compares: without regard to case, accents, and the points of Turkish letters. */
function loosely(tag: string): string {
  return normalForm(folded(tag), 'NFKD').replace(/\p{M}/gu, '').replaceAll('ı', 'i');
}

function belongs({ kind, company, access }: ContactRecord, userIds: readonly string[]): boolean {
  if (kind === 'COMPANY' || company === null) return true;
  return valueOr(access, null)?.members.some(({ idInSource }) => userIds.includes(idInSource)) === true;
}
