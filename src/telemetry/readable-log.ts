import type { DestinationStream } from 'pino';

/**
 * Turns lines of JSON into lines for a person at a terminal: time of day, level, message, and the other members on the same line.
 *
 * @param output Where the lines go.
 * @param hasColors For terminals whose user has not set NO_COLOR.
 */
export async function createReadableLines(output: DestinationStream, hasColors: boolean): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const toReadable = prettyFactory({ colorize: hasColors, colorizeObjects: false, singleLine: true, translateTime: 'SYS:HH:MM:ss' });
  return { write: (line) => output.write(toReadable(line)) };
}
