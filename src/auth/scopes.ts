/** What callers may be allowed: to read, to delete, to report all of a person, and to erase one. None includes another. */
export const SCOPES = ['contacts:read', 'contacts:delete', 'persons:report', 'persons:erase'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who sent the request. */
export interface Caller {
  /** The key's name, the token's subject, or `anonymous` where callers need no key. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Whether a text names a scope. */
export function isScope(text: unknown): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
