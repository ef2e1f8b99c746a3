import { defineConfig } from 'vitest/config';

const project = (name: string) => ({ extends: true as const, test: { name, include: [`test/${name}/**/*.test.ts`] } });

/** Ends what hangs, on a busy machine too; no test waits for it. A test that fails is not tried again: what happens once in a while is a fault. */
const HANGS_AFTER_MS = { testTimeout: 90_000, hookTimeout: 90_000 };

export default defineConfig({
  test: {
    // Node.js itself loads sources and tests, as it does where they are not tested: a tenth less CPU than Vite's own way to run modules, and one copy of graphql.
    experimental: { viteModuleRunner: false },
    // Test files keep nothing in modules, so they may share them: reading those anew for each file took a fifth of the time.
    isolate: false,
    // Many tests wait for real time-outs, so more of them than cores run at once.
    maxWorkers: 4,
    ...HANGS_AFTER_MS,
    expect: { poll: { timeout: 60_000, interval: 10 } },
    projects: [project('unit'), project('contract'), project('e2e'), project('system')],
  },
});
