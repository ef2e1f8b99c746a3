import type { FoundPerson } from '../../federation/erasure/find-person.ts';
import { canonicalJson } from '../../federation/erasure/canonical-json.ts';
import { CONTENT_MEANINGS, contentOf } from '../../federation/erasure/contact-content.ts';
import { sha256 } from '../../federation/erasure/erasure-signer.ts';
import { isPerson } from '../../federation/erasure/find-person.ts';
import { notCoveredBy, type UncoveredData as Uncovered } from '../../federation/erasure/not-covered.ts';
import { badUserInput } from '../bad-user-input.ts';
import { builder } from '../builder.ts';
import { ContactMatch, toReportShapes } from '../identity/match.ts';
import { SourceReport } from '../source/source-report.ts';
import { SearchCoverage, UncoveredData } from './coverage.ts';
import { findByKeys, hasNoKeys, PersonKeysInput, readFreshly } from './person-keys.ts';

interface PersonReportShape {
  readonly found: FoundPerson;
  readonly notCovered: readonly Uncovered[];
  readonly document: string;
}

const PersonReport = builder.objectRef<PersonReportShape>('PersonReport').implement({
  description: 'Everything that the CRMs show about one person.',
  fields: (t) => ({
    contacts: t.field({
      type: [ContactMatch],
      nullable: false,
      description: 'The contacts, the surest first. POSSIBLE ones are listed for a person to check, and are not in the document.',
      resolve: ({ found }) => found.matches,
    }),
    coverage: t.field({
      type: SearchCoverage,
      nullable: false,
      description: 'How thorough the search was.',
      resolve: ({ found }) => found.coverage,
    }),
    isComplete: t.boolean({
      nullable: false,
      description: 'Whether every source answered every search.',
      resolve: ({ found }) => found.isComplete,
    }),
    sourceReports: t.field({
      type: [SourceReport],
      nullable: false,
      description: 'What each source contributed: one report for each.',
      resolve: ({ found }) => toReportShapes(found.reports),
    }),
    notCovered: t.expose('notCovered', {
      type: [UncoveredData],
      nullable: false,
      description:
        'What the CRMs may store about people and this gateway cannot see: calls and recordings, chats, mail, invoices, backups.',
    }),
    document: t.exposeString('document', {
      nullable: false,
      description:
        'The content of the CERTAIN and LIKELY contacts as canonical JSON (RFC 8785), with the meaning of each member, to hand over to the person.',
    }),
    sha256: t.string({
      nullable: false,
      description: 'The SHA-256 hash of `document` in hexadecimal digits.',
      resolve: ({ document }) => sha256(document),
    }),
  }),
});

builder.queryField('personReport', (t) =>
  t.field({
    type: PersonReport,
    description:
      'Everything that the CRMs show about one person (GDPR articles 15 and 20), read at this moment. Cost: a search for each phone number and e-mail address in each source, and for those of the contacts that are certain.',
    scope: 'persons:report',
    args: { keys: t.arg({ type: PersonKeysInput, required: true, description: 'Whom to look for.' }) },
    resolve: async (_root, { keys }, context) => {
      if (hasNoKeys(keys)) throw badUserInput('keys', 'name at least one contact, phone number or e-mail address.');
      context.trace.noteLive();
      const found = await findByKeys(keys, readFreshly(context));
      const contacts = found.matches.filter(isPerson).map(({ record }) => contentOf(record));
      const notCovered = notCoveredBy([...context.sources.values()]);
      const document = canonicalJson({
        version: 1,
        madeAt: new Date(context.erasure.now()).toISOString(),
        contacts,
        meanings: CONTENT_MEANINGS,
        notCovered: notCovered.map(({ source, what }) => ({ source: source.name, what })),
      });
      return { found, notCovered, document };
    },
  }),
);
