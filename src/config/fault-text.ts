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

/** Says in plain words what is wrong with a setting, and never its value, where its schema does not say it itself. Given to `safeParse` as `error`. */
export function inPlainWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return KINDS[issue.expected] && `must be ${KINDS[issue.expected]}`;
    case 'invalid_value':
      return `must be ${ONE_OF.format(issue.values.map(String))}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a whole URL, such as https://example.com' : undefined;
    case 'too_small':
      return isOfNumber(issue.origin) ? `must be ${issue.minimum} or more` : 'must not be empty';
    case 'too_big':
      return isOfNumber(issue.origin) ? `must be ${issue.maximum} or less` : undefined;
    case 'unrecognized_keys':
      return `no such setting: ${issue.keys.join(', ')}`;
    default:
      return undefined;
  }
}

/** Returns one fault for each setting, by its path: the last, as the checks that come first are the more general ones. */
export function faultsByPath(error: z.ZodError): ReadonlyMap<string, string> {
  return new Map(error.issues.map(({ path, message }) => [path.join('.'), message]));
}

function isOfNumber(origin: string): boolean {
  return origin === 'number' || origin === 'int';
}
