import { describe, expect, test } from 'vitest';
import { goldenRecordOf } from '../../../../src/federation/identity/golden-record.ts';
import { hashed, kit, recordOf, sharedAmong } from './people.ts';

/** Members of one person: their sources, and how each writes the name. */
function golden(...members: readonly (readonly [source: string, displayName: string, jobTitle?: string])[]) {
  const records = members.map(([source, displayName, jobTitle = null], index) => ({
    ...recordOf({ id: String(index), name: 'Anna Kalniņš' }),
    source,
    displayName,
    jobTitle,
  }));
  return goldenRecordOf(records, { priority: ['first', 'second', 'third'], kit, shared: sharedAmong([hashed({ id: '1' })]) });
}

describe('a golden record', () => {
  test.each([
    ['one value', [['third', 'Anna Kalniņš']], 'Anna Kalniņš', 'ONLY_ONE'],
    [
      'other case and accents',
      [
        ['third', 'ANNA KALNINS'],
        ['second', 'Anna Kalniņš'],
      ],
      'Anna Kalniņš',
      'AGREED',
    ],
    [
      'another order of the words',
      [
        ['third', 'Kalniņš, Anna'],
        ['first', 'Anna Kalniņš'],
      ],
      'Anna Kalniņš',
      'AGREED',
    ],
    [
      'a majority',
      [
        ['first', 'Anna Ozola'],
        ['second', 'Kalniņš Anna'],
        ['third', 'Anna Kalniņš'],
      ],
      'Kalniņš Anna',
      'MAJORITY',
    ],
    [
      'a draw',
      [
        ['third', 'Anna Ozola'],
        ['second', 'Anna Kalniņš'],
      ],
      'Anna Kalniņš',
      'SOURCE_PRIORITY',
    ],
  ] as const)('has of names with %s the one that the policy says, and why', (_what, members, value, rule) => {
    const { fields, conflicts } = golden(...members);

    expect(fields.DISPLAY_NAME).toMatchObject({ value, rule });
    expect(conflicts.map(({ field }) => field)).toEqual(rule === 'MAJORITY' || rule === 'SOURCE_PRIORITY' ? ['DISPLAY_NAME'] : []);
  });

  test('keeps the order of words where it has a meaning', () => {
    const { fields, conflicts } = golden(['first', 'Anna Kalniņš', 'Chief Engineer'], ['second', 'Anna Kalniņš', 'Engineer Chief']);

    expect(fields.JOB_TITLE).toMatchObject({ value: 'Chief Engineer', rule: 'SOURCE_PRIORITY' });
    expect(conflicts.map(({ field }) => field)).toEqual(['JOB_TITLE']);
  });
});
