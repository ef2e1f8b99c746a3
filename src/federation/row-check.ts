import type { RunnablePlan, Strangers } from '../datasources/port/list-plan.ts';
import type { SourceFilter } from '../datasources/port/list-query.ts';
import { isDamagedIn } from '../datasources/port/member.ts';
import type { ContactRecord } from '../datasources/port/records/contact.ts';
import { MEMBERS_CHECKED, verdictOn, type Verdict } from './filter-match.ts';

/** Checks the rows of one source against what its plan leaves to be checked, and counts. */
export class RowCheck {
  readonly #plan: RunnablePlan;
  readonly #filter: SourceFilter;
  readonly #defaultCountry: string | undefined;
  readonly #hasScannedMember: boolean;
  /** Rows left out because they fail, or do not show what is asked. */
  rowsDropped = 0;
  /** Of these, rows that do not show what is asked. */
  rowsUnknown = 0;
  /** Ids of rows that are damaged in what was checked, those that fail for sure left out. */
  readonly damaged = new Set<string>();
  /** Rows on the account of the scan budget. */
  rowsCharged = 0;

  constructor(plan: RunnablePlan, filter: SourceFilter, defaultCountry: string | undefined) {
    this.#plan = plan;
    this.#filter = filter;
    this.#defaultCountry = defaultCountry;
    this.#hasScannedMember = [...plan.members.values()].includes('CHECKED');
  }

  /**
   * Whether a row belongs to the answer. Counts it.
   *
   * Where the CRM cannot filter, every row is charged to the scan budget; where it narrows the list, only those that it should not have sent.
   *
   * @param strangers Those of its block.
   */
  passes(record: ContactRecord, strangers: Strangers | undefined): boolean {
    const verdict = this.#verdictOn(record, strangers);
    if (verdict !== 'yes') this.rowsDropped += 1;
    if (verdict === 'unknown') this.rowsUnknown += 1;
    if (verdict !== 'no' && this.#isDamaged(record)) this.damaged.add(record.idInSource);
    if (verdict !== 'yes' || this.#hasScannedMember) this.rowsCharged += 1;
    return verdict === 'yes';
  }

  #verdictOn(record: ContactRecord, strangers: Strangers | undefined): Verdict {
    const ofSource = strangers?.verdicts.get(record.idInSource);
    if (ofSource !== undefined) return ofSource;
    return verdictOn(record, this.#filter, this.#plan.members, this.#defaultCountry, this.#plan.searchesNames);
  }

  #isDamaged(record: ContactRecord): boolean {
    for (const [field, memberPlan] of this.#plan.members) {
      if (memberPlan !== 'PUSHED' && MEMBERS_CHECKED[field].some((member) => isDamagedIn(record, member))) return true;
    }
    return false;
  }

  /** Makes a check that goes on counting from here, for itself. */
  rehearse(): RowCheck {
    const rehearsal = new RowCheck(this.#plan, this.#filter, this.#defaultCountry);
    rehearsal.rowsDropped = this.rowsDropped;
    rehearsal.rowsUnknown = this.rowsUnknown;
    rehearsal.rowsCharged = this.rowsCharged;
    return rehearsal;
  }

  /** Like `passes`, without counting. */
  wouldPass(record: ContactRecord, strangers: Strangers | undefined): boolean {
    return this.#verdictOn(record, strangers) === 'yes';
  }
}
