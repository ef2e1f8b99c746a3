import { RegExpParser, type AST } from '@eslint-community/regexpp';

/** A loop of at most so many turns is no danger. */
const TURNS_MAX = 16;
/** Characters of all kinds, tried in turn where an expression takes any of a class. */
const CANDIDATES = ['a', '0', ' ', '-', '_', '.', '/', '"', 'я', '\n', '\u0301', '\u0001', 'A', 'f', ':', ',', '+', '*', '%', '😀'];
/** Fits nothing: before and after a text it keeps the whole of it from matching. */
const STRANGE = '\u0000';
const BRICKS_MAX = 3;

/**
 * Makes texts of one length that an expression is likely to be slow on: made of its own characters, of what leads to each of its
 * loops, of what the loops take, and of these together, with and without an end that does not fit.
 */
export function slowTexts(pattern: string, flags: string, length: number): string[] {
  const fill = (brick: string) => brick.repeat(Math.ceil(length / brick.length)).slice(0, length);
  const tree = new RegExpParser().parsePattern(pattern, 0, pattern.length, {
    unicode: /[uv]/.test(flags),
    unicodeSets: flags.includes('v'),
  });
  const sampler = new Sampler(flags);
  const seeds = new Set<string>();
  for (const alternative of tree.alternatives) sampler.walk(alternative, '', seeds);
  const bricks = [...seeds].filter((seed) => seed !== '');
  const few = bricks.slice(0, BRICKS_MAX);
  const pairs = few.flatMap((one) => few.map((other) => one + other));
  const repeated = [...new Set([...bricks, ...pairs])].map(fill);
  const led = few.flatMap((head) => few.map((brick) => head + fill(brick)));
  return [...new Set([...repeated, ...led])].flatMap((text) => [text, text + STRANGE, STRANGE + text + STRANGE]);
}

class Sampler {
  readonly #flags: string;

  constructor(flags: string) {
    this.#flags = flags.replaceAll(/[gy]/g, '');
  }

  /** Adds to `seeds` what stands for each part, and for what leads to it and through it. @returns A text that the alternative takes. */
  walk(alternative: AST.Alternative, before: string, seeds: Set<string>): string {
    let text = '';
    for (const element of alternative.elements) {
      const sample = this.#sample(element, before + text, seeds);
      text += sample;
      if (element.type === 'Quantifier' && element.max > TURNS_MAX) {
        const turn = this.#sample(element.element, before + text, new Set());
        for (const seed of [turn, before + text, before + text + turn, text + turn]) seeds.add(seed);
      }
      if (element.type === 'Character' || element.type === 'CharacterSet' || element.type === 'CharacterClass') seeds.add(sample);
    }
    seeds.add(text);
    return text;
  }

  #sample(element: AST.Element, before: string, seeds: Set<string>): string {
    switch (element.type) {
      case 'Character':
        return String.fromCodePoint(element.value);
      case 'CharacterSet':
      case 'CharacterClass':
        return this.#memberOf(element.raw);
      case 'Quantifier': {
        const turn = this.#sample(element.element, before, seeds);
        return turn.repeat(Math.max(element.min, 0));
      }
      case 'Group':
      case 'CapturingGroup': {
        const texts = element.alternatives.map((alternative) => this.walk(alternative, before, seeds));
        return texts[0] ?? '';
      }
      default:
        return '';
    }
  }

  #memberOf(raw: string): string {
    const expression = new RegExp(`^${raw}$`, this.#flags);
    return CANDIDATES.find((candidate) => expression.test(candidate)) ?? '';
  }
}
