/** Runs a command of `src/commands`: `node scripts/command.mjs check` is `npm run check`, without npm. */
import { runProgram } from './run-program.mjs';

const COMMANDS = ['check', 'connect', 'key'];

const [, , name = '', ...rest] = process.argv;
if (!COMMANDS.includes(name)) {
  console.error(`Usage: node scripts/command.mjs ${COMMANDS.join('|')} [--help]`);
  process.exit(2);
}
// The command finds its arguments where they would be if its file had been started.
process.argv = [...process.argv.slice(0, 2), ...rest];
await runProgram(`commands/${name}`);
