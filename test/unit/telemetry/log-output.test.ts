import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAuditLog, createLog } from '../../../src/telemetry/log.ts';
import { LogOutput, LogWriteError } from '../../../src/telemetry/log-output.ts';
import { makeFolder } from '../../support/processes/child-process.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
const open: number[] = [];

beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(async () => {
  vi.useRealTimers();
  for (const descriptor of open.splice(0)) closeSync(descriptor);
  await folder[Symbol.asyncDispose]();
});

function openForTest(path: string, flags: number): number {
  const descriptor = openSync(path, flags, 0o600);
  open.push(descriptor);
  return descriptor;
}

function startOutput(descriptor: number) {
  const notices: string[] = [];
  let lost = 0;
  const output = new LogOutput(descriptor, { notice: (text) => notices.push(text), onLost: (lines) => (lost += lines) });
  return { output, notices, lost: () => lost };
}

/** A named pipe, both of whose ends are the test's. */
function makePipe(): { readonly reader: number; readonly writer: number; readonly path: string } {
  const path = join(folder.path, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openForTest(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openForTest(path, constants.O_WRONLY | constants.O_NONBLOCK), path };
}

/** All that is in a pipe now. */
function readAll(reader: number): string {
  const chunk = Buffer.alloc(65_536);
  let text = '';
  for (;;) {
    let bytes = 0;
    try {
      bytes = readSync(reader, chunk);
    } catch {
      // EAGAIN: it is empty.
    }
    if (bytes === 0) return text;
    text += chunk.toString('latin1', 0, bytes);
  }
}

function closeNow(descriptor: number): void {
  open.splice(open.indexOf(descriptor), 1);
  closeSync(descriptor);
}

const line = (number: number, length = 1_000) => `${String(number).padStart(length - 1, '.')}\n`;

test('lines are in the file, whole and in order, when they have been flushed', async () => {
  const path = join(folder.path, 'log');
  const { output } = startOutput(openForTest(path, constants.O_WRONLY | constants.O_CREAT));
  for (let number = 0; number < 100; number += 1) output.write(line(number));
  await output.flush();
  expect(readFileSync(path, 'utf8')).toBe(Array.from({ length: 100 }, (_, number) => line(number)).join(''));
});

describe('on a full disk', () => {
  test('writing throws nothing, every line is counted as lost, and flushing says so', async () => {
    const { output, lost } = startOutput(openForTest('/dev/full', constants.O_WRONLY));
    for (let number = 0; number < 5; number += 1) output.write(line(number));
    await expect(output.flush()).rejects.toBeInstanceOf(LogWriteError);
    expect(lost()).toBe(5);
    output.write(line(6));
    output.end();
    expect(lost()).toBe(6);
    expect(output.lost).toBe(6);
  });

  test('it is said once a minute, with the cause and the number', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { output, notices } = startOutput(openForTest('/dev/full', constants.O_WRONLY));
    const loseOne = async () => {
      output.write(line(0));
      await output.flush().catch(() => undefined);
    };
    await loseOne();
    await loseOne();
    expect(notices).toEqual(['The log cannot be written (ENOSPC). Lines lost so far: 1.']);
    vi.advanceTimersByTime(60_000);
    await loseOne();
    expect(notices[1]).toContain('lost so far: 3');
  });
});

describe('into a pipe', () => {
  test('whose reader is gone, lines are lost, and nothing else happens', async () => {
    const { reader, writer } = makePipe();
    const { output, lost, notices } = startOutput(writer);
    closeNow(reader);
    output.write(line(1));
    await expect(output.flush()).rejects.toBeInstanceOf(LogWriteError);
    expect(lost()).toBe(1);
    expect(notices[0]).toContain('EPIPE');
  });

  test('whose reader is stuck, a bounded number of lines wait, the rest are lost, and those that waited come whole and in order', async () => {
    const { reader, writer } = makePipe();
    const { output, lost } = startOutput(writer);
    for (let number = 0; number < 3_000; number += 1) output.write(line(number));
    await expect(output.flush()).rejects.toBeInstanceOf(LogWriteError);
    expect(lost()).toBeGreaterThan(1_000);
    let text = '';
    const flushed = () =>
      output.flush().then(
        () => true,
        () => false,
      );
    while (!(await Promise.race([flushed(), new Promise((resolve) => setImmediate(resolve))]))) text += readAll(reader);
    text += readAll(reader);
    const kept = text.length / line(0).length;
    expect(text).toBe(Array.from({ length: kept }, (_, number) => line(number)).join(''));
    expect(kept + lost()).toBe(3_000);
  });

  test('whose reader is stuck, nothing is done that must be written down, though the reader goes on soon', async () => {
    const { reader, writer } = makePipe();
    const { output, lost } = startOutput(writer);
    const audit = createAuditLog(createLog('info', output), output);
    // To the last byte: short lines go where long ones do not.
    for (const [losses, length] of [1_000, 20].entries()) while (lost() === losses) output.write(line(0, length));
    const attempt = audit.attempt({ contactId: 'kommo:1' }).then(
      () => 'may be done',
      (error: unknown) => error,
    );
    let text = '';
    let settled: unknown;
    while (settled === undefined) {
      text += readAll(reader);
      settled = await Promise.race([attempt, new Promise((resolve) => setImmediate(resolve))]);
    }
    expect(settled).toBeInstanceOf(LogWriteError);
    expect(text).not.toContain('kommo:1');
  });

  test('a line that was written in part is ended before the next one begins', async () => {
    const { reader, writer, path } = makePipe();
    const { output } = startOutput(writer);
    output.write(line(1, 200_000));
    // As much as the pipe holds is written, and the rest waits.
    output.end();
    closeNow(reader);
    output.write('{"whole":1}\n');
    output.end();
    const next = openForTest(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const beginning = readAll(next);
    output.write('{"whole":2}\n');
    await output.flush();
    expect(beginning).toMatch(/^\.+$/);
    expect(readAll(next)).toBe('\n{"whole":2}\n');
  });
});
