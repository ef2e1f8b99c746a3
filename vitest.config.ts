import { defineConfig } from 'vitest/config';

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

export default defineConfig({
  // Vite would take graphql's development build while Pothos and Yoga, which are external, take the usual one: two copies, two realms.
  ssr: { resolve: { conditions: ['module-sync', 'node', 'import', 'default'] } },
  test: {
    projects: [
      project('unit'),
      project('contract', { testTimeout: 15_000 }),
      project('e2e', { testTimeout: 20_000 }),
      project('browser', { testTimeout: 60_000, hookTimeout: 60_000 }),
    ],
  },
});
