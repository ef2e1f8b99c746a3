import { createHash } from 'node:crypto';
import { INITIAL_VALUES, LETTER_BITS, WORD_VALUES, wordDigest } from './name-relation.ts';
import { WITHOUT_VOWELS } from './name-words.ts';

const BYTES_OF_CHOICE = 4;
const HASH_START = 0x811c_9dc5;
const HASH_FACTOR = 0x0100_0193;

/**
 * Makes digests of the words of names. How two digests compare depends on the words alone, so that processes with different secrets decide alike:
 * the secret only renames the parts of a digest, one to one, so that without it nothing says which letters they stand for.
 */
export class NameDigests {
  readonly #words: Uint16Array;
  readonly #letters: Uint16Array;
  readonly #initials: Uint16Array;

  constructor(secret: Uint8Array) {
    this.#words = shuffled(WORD_VALUES, secret, 'words');
    this.#letters = shuffled(LETTER_BITS, secret, 'letters');
    this.#initials = shuffled(INITIAL_VALUES, secret, 'initials');
  }

  /** @param word Of at least one letter, as `nameWords` makes them. */
  digest(word: string): number {
    return word.startsWith(WITHOUT_VOWELS) ? -this.#digest(word.slice(WITHOUT_VOWELS.length)) : this.#digest(word);
  }

  #digest(word: string): number {
    const letters = Array.from(word);
    const codes = letters.map((letter) => letter.codePointAt(0) ?? 0);
    const initial = this.#initials[(codes[0] ?? 0) % INITIAL_VALUES] ?? 0;
    if (letters.length === 1) return initial;
    return wordDigest({
      // Of its letters in any order: swapped ones are the most frequent typing error.
      word: this.#words[hashOf(letters.toSorted().join('')) % WORD_VALUES] ?? 0,
      // The letters of most alphabets follow each other in Unicode, so that each has a bit of its own.
      letters: codes.reduce((bits, code) => bits | (1 << (this.#letters[code % LETTER_BITS] ?? 0)), 0),
      initial,
    });
  }
}

/** Makes the numbers below a limit in an order that follows from a secret. */
function shuffled(size: number, secret: Uint8Array, purpose: string): Uint16Array {
  const numbers = Uint16Array.from({ length: size }, (_, number) => number);
  const choices = createHash('shake256', { outputLength: size * BYTES_OF_CHOICE })
    .update(secret)
    .update(` ${purpose} of names`)
    .digest();
  for (let at = size - 1; at > 0; at -= 1) {
    const other = choices.readUInt32BE(at * BYTES_OF_CHOICE) % (at + 1);
    [numbers[at], numbers[other]] = [numbers[other] ?? 0, numbers[at] ?? 0];
  }
  return numbers;
}

/** FNV-1a, with its bits mixed as MurmurHash does at the end; 32 bits. The same in every process. */
function hashOf(text: string): number {
  let hash = HASH_START;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), HASH_FACTOR);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
