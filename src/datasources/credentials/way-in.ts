/** What settings hold of one way in: the key of each member → what people call it. */
type Members = Readonly<Record<string, string>>;

interface FaultSink {
  addIssue(issue: { code: 'custom'; path: string[]; message: string }): void;
}

/**
 * Makes the check, for zod's `superRefine`, that an account's settings hold one of two ways in, whole: a token, or all of the other members.
 * Run it even when other members have faults of their own (`WHATEVER_ELSE_IS_WRONG`), so that all are reported at once.
 */
export function checkWayIn(others: Members): (settings: Readonly<Record<string, unknown>>, context: FaultSink) => void {
  const keys = Object.keys(others);
  const all = Object.values(others).join(' and ');
  return (settings, context) => {
    const fault = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    const given = keys.filter((key) => settings[key] !== undefined);
    if (settings['token'] !== undefined) for (const key of given) fault(key, 'must not be given together with a token');
    else if (given.length === 0) fault('token', `is missing; give a token, or ${all}`);
    else for (const key of keys) if (settings[key] === undefined) fault(key, `is missing; without a token, ${all} are needed`);
  };
}

/** The options of `superRefine` with which a check of several members runs even when one of them is at fault by itself. */
export const WHATEVER_ELSE_IS_WRONG = {
  when: ({ value }: { readonly value: unknown }): boolean => typeof value === 'object' && value !== null,
};
