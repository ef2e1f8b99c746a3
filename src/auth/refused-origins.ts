import { toOrigin } from './cors.ts';

/** Origins that are kept to be named once; one that sends ever new ones fills no log. */
const ORIGINS_MAX = 100;

/** Names each origin whose pages are refused once, for the operator who has forgotten to list it. */
export class RefusedOrigins {
  readonly #named = new Set<string>();

  /**
   * Returns an origin when it is refused for the first time, as browsers write it; null otherwise, and for what is no origin.
   *
   * @param origin The Origin header of a request that was refused for it.
   */
  first(origin: string | null): string | null {
    const plain = origin === null ? null : toOrigin(origin);
    if (plain === null || this.#named.has(plain) || this.#named.size >= ORIGINS_MAX) return null;
    this.#named.add(plain);
    return plain;
  }
}
