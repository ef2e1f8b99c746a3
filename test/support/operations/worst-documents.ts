import { OPERATION_LIMITS } from '../../../src/graphql/use-operation-limits.ts';

const times = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index)).join(' ');
const { repeats, plainRepeats, fragments } = OPERATION_LIMITS;
/** Fields of Contact without arguments and braces. */
const PLAIN = ['id', 'idInSource', 'displayName', 'about', 'industry', 'accountId', 'url', 'isUnsorted', 'createdAt', 'updatedAt'];
const plain = (index: number) => PLAIN[index % PLAIN.length] ?? 'id';

/** Below a field that is not there nothing is checked but whether fields can be merged, so one error does not end the validation early. */
const unchecked = (selections: string) => `{ nothing { ${selections} } }`;

/** Documents within every limit that cost validation the most, each in another of its rules. */
export const WORST_DOCUMENTS: readonly (readonly [name: string, document: string])[] = [
  [
    'one field as often as it may, with fields below',
    `{ ${times(repeats, () => 'sources { users { id group { name } } tags { id name } }')} }`,
  ],
  ['the same, as deep as it may be', `{ ${times(repeats, () => `contacts { nodes { company { responsible { group { id name } } } } }`)} }`],
  ['deep fields that are not there', unchecked(times(repeats, () => 'a { b { c { d { e { f { g { h { i { j } } } } } } } } }'))],
  [
    'wide fields that are not there',
    unchecked(times(repeats, () => `a { ${times(20, (index) => `x${index}`)} } b { ${times(20, (index) => `x${index}`)} }`)),
  ],
  [
    'plain fields as often as they may be merged',
    unchecked(times(plainRepeats / repeats, () => `... { ${times(9, (index) => times(repeats, () => `x${index}`))} }`)),
  ],
  ['fields with many arguments', unchecked(times(repeats, () => `x(a: { ${times(28, (index) => `a${index}: 1`)} })`))],
  ['fields with long arguments', unchecked(times(repeats, () => `x(a: "${'\\u0001'.repeat(700)}")`))],
  ['many fields with arguments', unchecked(times(14, (index) => times(repeats, () => `x${index}(a: 1)`)))],
  [
    'fragments side by side',
    `{ contacts { nodes { ${times(fragments, (index) => `...f${index}`)} } } } ` +
      times(fragments, (index) => `fragment f${index} on Contact { ${times(10, (offset) => plain(index * 3 + offset))} }`),
  ],
  [
    'fragments in a row',
    `{ contacts { nodes { ${times(fragments / 10, (index) => `...f${index * 10}`)} } } } ` +
      times(fragments, (index) => `fragment f${index} on Contact { ${plain(index)} ${index + 1 < fragments ? `...f${index + 1}` : ''} }`),
  ],
  [
    'fragments under two types that exclude each other',
    `{ contacts { nodes { ${times(9, () => '... on Person { responsible { id group { id } } } ... on Company { responsible { id group { id } } }')} } } }`,
  ],
  [
    'a fragment that nothing spreads',
    `{ __typename } fragment f on Query { ${times(repeats, () => 'sources { users { id group { name } } tags { id name } }')} }`,
  ],
  [
    'many operations with one fragment',
    `${times(90, (index) => `query q${index} { ...f }`)} fragment f on Query { x(${times(300, (index) => `a${index}: $a`)}) }`,
  ],
  ['members that an input does not have', `{ contacts(filter: { ${times(600, (index) => `fir${index}: 1`)} }) { totalCount } }`],
  ['objects within objects', `{ contacts(filter: ${'{ a: '.repeat(480)}1${' }'.repeat(480)}) { totalCount } }`],
  ['lists within lists', `{ contacts(first: ${'['.repeat(900)}1${']'.repeat(900)}) { totalCount } }`],
  ['values of the wrong type', `{ contacts(filter: { tags: [${times(1_900, () => '1')}] }) { totalCount } }`],
  ['fields that are not there', `{ ${times(900, (index) => `fie${index}`)} }`],
  ['faults after many lines', `${'\n'.repeat(90_000)}{ ${times(90, (index) => `fie${index}`)} }`],
  ['variables that nothing uses', `query (${times(450, (index) => `$a${index}: Int`)}) { __typename }`],
];
