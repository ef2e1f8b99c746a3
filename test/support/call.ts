import type { Call, WriteCall } from '../../src/datasources/port/call.ts';
import type { Log } from '../../src/datasources/port/log.ts';

/** A call with a generous deadline that counts what it costs. */
export function createCall(
  options: { timeMs?: number; signal?: AbortSignal; freshAfter?: number } = {},
): Call & { readonly counted: string[] } {
  const counted: string[] = [];
  return {
    signal: options.signal ?? new AbortController().signal,
    deadline: performance.now() + (options.timeMs ?? 30_000),
    meter: { count: (source) => void counted.push(source) },
    counted,
    ...(options.freshAfter !== undefined && { freshAfter: options.freshAfter }),
  };
}

export function createWriteCall(timeMs = 30_000): WriteCall & { readonly counted: string[] } {
  const counted: string[] = [];
  return { deadline: performance.now() + timeMs, meter: { count: (source) => void counted.push(source) }, counted };
}

/** A log that keeps its lines. */
export function createTestLog(): Log & { readonly lines: { level: string; members: object; message: string }[] } {
  const lines: { level: string; members: object; message: string }[] = [];
  const write = (level: string) => (members: object, message: string) => void lines.push({ level, members, message });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error'), lines };
}
