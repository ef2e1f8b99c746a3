import { hash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A program that Redis runs as one step. It is sent whole only where Redis does not know it yet. */
export class Script {
  readonly #text: string;
  readonly #id: string;

  constructor(text: string) {
    this.#text = text;
    this.#id = hash('sha1', text);
  }

  /** Runs it. @throws What ioredis throws. */
  async run(redis: Redis, keys: readonly string[], values: readonly (string | number | Buffer)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#id, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(this.#text, keys.length, ...keys, ...values);
    }
  }
}
