import { startSandbox } from './sandbox.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';
import { SANDBOX_USAGE, readSandboxArguments } from './sandbox-arguments.ts';

/** Starts the three sandbox CRMs, says how to reach them, and stops on SIGINT or SIGTERM. */
async function main(options: SandboxOptions): Promise<void> {
  const sandbox = await startSandbox(options);
  console.log(described(sandbox));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
  }
}

/** Lines for a shell or an .env file; what they do not carry stands in comments. */
function described({ environment, onlyoffice, kommo, callgear }: Sandbox): string {
  const { integration } = kommo.oauth;
  return [
    '# Three sandbox CRMs are running. Point a gateway at them with these lines:',
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    '',
    '# Other ways in:',
    `# ONLYOFFICE_USERNAME=${onlyoffice.userName}  ONLYOFFICE_PASSWORD=${onlyoffice.password}`,
    `# ONLYOFFICE_TOKEN=${onlyoffice.adminToken}  (administrator)`,
    `# KOMMO_CLIENT_ID=${integration.clientId}  KOMMO_CLIENT_SECRET=${integration.clientSecret}  KOMMO_REDIRECT_URI=${integration.redirectUri}`,
    `# CALLGEAR_LOGIN=${callgear.login}  CALLGEAR_PASSWORD=${callgear.password}`,
    '',
  ].join('\n');
}

const USAGE = `Usage: npm run sandbox -- [OPTIONS]\n${SANDBOX_USAGE}`;

const commandLine = process.argv.slice(2);
try {
  if (commandLine.includes('--help')) console.log(USAGE);
  else await main(readSandboxArguments(commandLine, process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 2;
}
