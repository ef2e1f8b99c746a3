import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { KeySearch } from '../../datasources/port/identity/identity-loaders.ts';
import type { SourceError } from '../../datasources/port/source-error.ts';
import { idleReport, type SourceReport } from '../source-report.ts';

interface Finding {
  error: SourceError | null;
  hasAnswer: boolean;
  isComplete: boolean;
  asOf: Date | null;
}

/** Notes what each source could say of some contacts, and reports it. */
export class SourceFindings {
  readonly #sources: readonly ContactSource[];
  readonly #findings = new Map<string, Finding>();

  constructor(sources: readonly ContactSource[]) {
    this.#sources = sources;
  }

  /** The source's index was used. */
  noteIndex(source: ContactSource): void {
    const { index } = source;
    const finding = this.#of(source);
    finding.hasAnswer = true;
    finding.isComplete &&= index?.isCurrent === true;
    finding.asOf = index?.state.asOf ?? null;
  }

  /** The source was searched. */
  noteSearch(source: ContactSource, { isComplete }: Pick<KeySearch, 'isComplete'>): void {
    const finding = this.#of(source);
    finding.hasAnswer = true;
    finding.isComplete &&= isComplete;
    finding.asOf ??= new Date();
  }

  noteError(source: ContactSource, error: SourceError): void {
    const finding = this.#of(source);
    finding.error ??= error;
    finding.isComplete = false;
  }

  /** Something is missing for no fault of the source. */
  noteIncomplete(source: ContactSource): void {
    this.#of(source).isComplete = false;
  }

  get isComplete(): boolean {
    return this.#sources.every((source) => this.#of(source).isComplete);
  }

  /** The failures, by source; for traces. */
  get errors(): readonly SourceError[] {
    return [...this.#findings.values()].flatMap(({ error }) => error ?? []);
  }

  reports(): readonly SourceReport[] {
    return this.#sources.map((source) => {
      const { error, hasAnswer, isComplete, asOf } = this.#of(source);
      const status = error === null ? 'OK' : hasAnswer || error.code === 'COST_EXCEEDED' ? 'PARTIAL' : isSkip(error) ? 'SKIPPED' : 'FAILED';
      return {
        ...idleReport(source),
        status,
        error,
        unsupportedFilters: error?.unsupportedFilters ?? [],
        totalCount: null,
        isComplete,
        asOf,
      };
    });
  }

  #of(source: ContactSource): Finding {
    let finding = this.#findings.get(source.name);
    if (finding === undefined) {
      finding = { error: null, hasAnswer: false, isComplete: true, asOf: null };
      this.#findings.set(source.name, finding);
    }
    return finding;
  }
}

function isSkip({ code }: SourceError): boolean {
  return code === 'FILTER_UNSUPPORTED' || code === 'INDEX_MISSING';
}
