import { hash } from 'node:crypto';
import type { Redis } from 'ioredis';

type Value = string | number | Buffer;

/** A program that Redis runs as one step. It is sent whole only where Redis does not know it yet. */
export class Script {
  readonly #text: string;
  readonly #id: string;

  constructor(text: string) {
    this.#text = text;
    this.#id = hash('sha1', text);
  }

  /** Runs it. @throws What ioredis throws. */
  async run(redis: Redis, keys: readonly string[], values: readonly Value[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#id, keys.length, ...keys, ...values);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      return redis.eval(this.#text, keys.length, ...keys, ...values);
    }
  }

  /** Runs it, and takes what it answers as bytes. @throws What ioredis throws. */
  async runForBytes(redis: Redis, keys: readonly string[], values: readonly Value[]): Promise<unknown> {
    try {
      return await redis.callBuffer('EVALSHA', this.#id, keys.length, ...keys, ...values);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      return redis.callBuffer('EVAL', this.#text, keys.length, ...keys, ...values);
    }
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
