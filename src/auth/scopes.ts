/** What callers may be allowed: to read, and to delete. Neither includes the other. */
export const SCOPES = ['contacts:read', 'contacts:delete'] as const;
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
