/** Why a request is turned away before anything of it is run. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  /** `extensions.code` of the answer's error. */
  readonly code: string;
  /** For people; says what would be let in. */
  readonly message: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is turned away by whoever throws this. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.message, options);
    this.refusal = refusal;
  }
}
