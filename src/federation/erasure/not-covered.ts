import type { ContactSource } from '../../datasources/port/contact-source.ts';

/** Something that a CRM may hold of a person, and that the gateway cannot see. */
export interface UncoveredData {
  readonly source: ContactSource;
  readonly what: string;
  /** Where a person can look; null where there is no such page. */
  readonly url: string | null;
}

/** What every CRM has besides contacts, where it says nothing of its own. */
const EVERYWHERE = ['Backups and exports', 'The log of the CRM'];

/** Lists what no report and no erasure of the gateway covers, source by source. Makes no call. */
export function notCoveredBy(sources: readonly ContactSource[]): readonly UncoveredData[] {
  return sources.flatMap((source) =>
    [...(source.capabilities.uncoveredData ?? []), ...EVERYWHERE].map((what) => ({ source, what, url: source.url })),
  );
}
