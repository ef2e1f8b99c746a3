/** What a person's consent sent back: the query of the callback address, or the code alone where that is all they pasted. */
export type ConsentAnswer = { readonly query: URLSearchParams } | { readonly code: string };

/** An account that a person has to connect once before it can be called. */
export interface SourceConnection {
  /** Where the CRM sends the browser when consent is given or denied, as registered with it. */
  readonly redirectUri: string;
  /** The page on which the person gives consent. @param state Comes back with the answer. */
  consentUrl(state: string): string;
  /**
   * Exchanges the answer for tokens and stores them.
   *
   * @throws ConsentError when consent was denied, or the answer is not for this account; SourceError when the exchange failed.
   */
  complete(answer: ConsentAnswer): Promise<void>;
}

/** There is no consent to go on with. The message says why, for the person at the keyboard. */
export class ConsentError extends Error {
  override readonly name = 'ConsentError';
}
