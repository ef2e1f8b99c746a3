import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The peers are no part of the project's install: they come the first time that they are needed. */
export function installPeers(): void {
  if (!existsSync('bench/peers/node_modules')) run('npm', ['ci', '--ignore-scripts', '--prefix', 'bench/peers']);
}

/** What is measured is what `npm start` runs. */
export function buildGateway(checkout = '.'): void {
  run(process.execPath, ['scripts/build.cjs'], checkout);
}

/** Runs a command to its end. @returns What it printed. @throws Error when it fails. */
export function run(command: string, args: readonly string[], cwd = '.'): string {
  const { status, stdout } = spawnSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
  return stdout.trim();
}
