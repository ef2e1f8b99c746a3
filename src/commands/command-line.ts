import { parseArgs } from 'node:util';

/** Exit codes of every command: it worked; it was run and something is wrong; it was not understood. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** What a command takes. */
export interface CommandLine {
  /** For people; printed by --help, and after what is not understood. */
  readonly usage: string;
  /** The most arguments that are no options. */
  readonly argumentsMax: number;
}

/**
 * Reads the arguments of a command, strictly: an option or argument too many is a mistake that would otherwise do something else than was meant.
 * Ends the process for --help (0) and for what is not understood (2).
 *
 * @returns The arguments in their order.
 */
export function readArguments({ usage, argumentsMax }: CommandLine): readonly string[] {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      allowPositionals: argumentsMax > 0,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) {
      console.log(usage);
      process.exit(EXIT.ok);
    }
    const tooMany = positionals[argumentsMax];
    if (tooMany !== undefined) throw new TypeError(`Unexpected argument '${tooMany}'.`);
    return positionals;
  } catch (error) {
    return refuseArguments(error instanceof Error ? error.message : 'Unexpected arguments.', usage);
  }
}

/** Says what is wrong with the arguments and how they should be, and ends the process. */
export function refuseArguments(fault: string, usage: string): never {
  console.error(`${fault}\n\n${usage}`);
  process.exit(EXIT.usage);
}
