import { SEARCH_COVERAGES, type SearchCoverage as Coverage } from '../../federation/erasure/find-person.ts';
import type { UncoveredData as Uncovered } from '../../federation/erasure/not-covered.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';
import { Source } from '../source/source.ts';

export const SearchCoverage = builder.enumType('SearchCoverage', {
  description: 'How thorough the search for a person was.',
  values: describedValues<Coverage>(SEARCH_COVERAGES, {
    EVERY_CONTACT: 'Every contact of every source was compared: each has a READY index, and reported its changes and deletions just now.',
    SEARCHED: "The search functions of the CRMs were used, and the indexes that there are. A CRM's own search may miss spellings.",
  }),
});

export const UncoveredData = builder.objectRef<Uncovered>('UncoveredData').implement({
  description: 'Something that a CRM may store about a person, and that this gateway cannot see.',
  fields: (t) => ({
    source: t.field({ type: Source, nullable: false, description: 'The CRM account that may store it.', resolve: ({ source }) => source }),
    what: t.exposeString('what', { nullable: false, description: 'The kind of data, for people.' }),
    url: t.exposeString('url', {
      description: "The start page of the CRM's web interface, where a person can look. Null where there is none.",
    }),
  }),
});
