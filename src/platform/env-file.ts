import { existsSync } from 'node:fs';

/** Takes the lines of `.env` in the working directory, where there is one, into the environment; what is set already stays as it is. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
