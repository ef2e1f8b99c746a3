import { defineConfig } from 'vitest/config';

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

/** Whole servers and child processes on a shared machine: one more try there, none while somebody is looking. */
const RETRIES = process.env['CI'] ? 1 : 0;

export default defineConfig({
  // Vite would take graphql's development build while Pothos and Yoga, which are external, take the usual one: two copies, two realms.
  ssr: { resolve: { conditions: ['module-sync', 'node', 'import', 'default'] } },
  test: {
    // Test files keep nothing in modules, so they may share them: reading those anew for each file took a fifth of the time.
    isolate: false,
    // Many tests wait for real time-outs, so more of them than cores run at once.
    maxWorkers: 4,
    projects: [
      project('unit', { testTimeout: 15_000 }),
      project('contract', { testTimeout: 20_000 }),
      project('e2e', { testTimeout: 30_000, hookTimeout: 30_000, retry: RETRIES }),
      project('browser', { retry: RETRIES, testTimeout: 60_000, hookTimeout: 60_000 }),
    ],
  },
});
