import { findMatches } from '../../federation/identity/find-matches.ts';
import { pageLimitExceeded, badUserInput } from '../bad-user-input.ts';
import { builder } from '../builder.ts';
import { Contact } from '../contact/contact.ts';
import { chooseSources } from '../contacts/choose-sources.ts';
import { ContactMatches, MatchConfidence } from './match.ts';

const MATCHES_BY_DEFAULT = 10;
/** A person is in no more records of a few CRMs; whoever has more matches shares something with many. */
const MATCHES_MAX = 25;

builder.interfaceFields(Contact, (t) => ({
  matches: t.field({
    type: ContactMatches,
    reads: ['displayName', 'firstName', 'lastName', 'contactInfos', 'company'],
    description:
      'Contacts of any source, its own included, that may be the same person (or the same company), the surest first. With a contact index (`Source.index`) it costs only the reading of the contacts that are shown; otherwise each phone number and e-mail address is searched for, in at most 10 calls per source and request (`SourceCapabilities.keysPerCall`).',
    args: {
      first: t.arg.int({ defaultValue: MATCHES_BY_DEFAULT, description: 'How many matches to return: 0 to 25. Null is 10.' }),
      minConfidence: t.arg({
        type: MatchConfidence,
        required: true,
        defaultValue: 'LIKELY',
        description: 'The least confidence to return. POSSIBLE adds what a person should check.',
      }),
      sources: t.arg.stringList({ description: 'The names of the sources to look in (`Source.name`). Null is all, [] is none.' }),
    },
    resolve: async (record, { first, minConfidence, sources: names }, context) => {
      const { trace, identity } = context;
      const query = { first: readFirst(first), minConfidence, sources: chooseSources(names, context) };
      trace.noteLive();
      const found = await findMatches(record, query, identity.universe);
      for (const { code } of found.findings.errors) trace.noteFailure(code);
      return found;
    },
  }),
}));

function readFirst(first: number | null | undefined): number {
  const size = first ?? MATCHES_BY_DEFAULT;
  const fault = `must be from 0 to ${MATCHES_MAX}, not ${size}.`;
  if (size > MATCHES_MAX) throw pageLimitExceeded('first', fault);
  if (size < 0) throw badUserInput('first', fault);
  return size;
}
