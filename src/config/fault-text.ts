import type { z } from 'zod';

/** What a value has to be, by zod's word for it. */
const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  array: 'a list',
  object: 'an object',
};

const ONE_OF = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/**
 * Says in plain words what is wrong with a setting, and never its value.
 *
 * @param issue Of a check with `reportInput`, which tells what is missing from what is of another kind.
 */
export function faultText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return KINDS[issue.expected] === undefined ? issue.message : `must be ${KINDS[issue.expected]}`;
    case 'invalid_value':
      return `must be ${ONE_OF.format(issue.values.map(String))}`;
    case 'too_small':
      return isOfNumber(issue.origin) ? `must be ${issue.minimum} or more` : 'must not be empty';
    case 'too_big':
      return isOfNumber(issue.origin) ? `must be ${issue.maximum} or less` : issue.message;
    case 'unrecognized_keys':
      return `no such setting: ${issue.keys.join(', ')}`;
    default:
      return issue.message;
  }
}

function isOfNumber(origin: string): boolean {
  return origin === 'number' || origin === 'int';
}
