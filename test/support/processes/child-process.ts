import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The gateway as `npm start` runs it: its bundle where that is as new as the sources, otherwise the sources, which takes three times as long. */
export const GATEWAY = 'scripts/start.mjs';

/** A command as `npm run` runs it: give its name, `check`, as the first argument. */
export const COMMAND = 'scripts/command.mjs';

/** One of the project's programs, running in a process of its own. */
export interface ChildProgram extends AsyncDisposable {
  readonly pid: number;
  /** What it has written so far, standard output and standard error together. */
  readonly output: () => string;
  /** Waits until its output matches. @throws Error when it ends before. */
  readonly waitFor: (pattern: RegExp) => Promise<RegExpMatchArray>;
  readonly type: (line: string) => void;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Its exit code; null when a signal ended it. */
  readonly exitCode: Promise<number | null>;
}

/** Starts a script of the project with these settings and none of the surroundings' own. */
export function startProgram(
  script: string,
  options: {
    readonly arguments?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    /** Where it runs; away from the project, where an .env file may lie, when left out. */
    readonly directory?: string;
  } = {},
): ChildProgram {
  const child = spawn(process.execPath, [resolve(ROOT, script), ...(options.arguments ?? [])], {
    cwd: options.directory ?? tmpdir(),
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'silent', ...options.environment },
  });
  let output = '';
  const watchers = new Set<() => void>();
  const note = (chunk: Buffer) => {
    output += chunk.toString();
    for (const watch of watchers) watch();
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const exitCode = new Promise<number | null>((done) => {
    child.once('close', (code) => done(code));
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    waitFor: (pattern) =>
      new Promise((done, fail) => {
        const watch = () => {
          const match = output.match(pattern);
          if (match === null) return;
          watchers.delete(watch);
          done(match);
        };
        watchers.add(watch);
        watch();
        void exitCode.then((code) => fail(new Error(`It ended with ${code} before it wrote ${pattern}: ${output}`)));
      }),
    type: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    exitCode,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exitCode;
    },
  };
}

/** A folder of its own for what a test writes to disk. */
export async function makeFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'crm-gateway-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
