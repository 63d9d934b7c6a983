import { defineConfig } from 'vitest/config';
import Turns from './tests/support/turns.js';

// Unit tests run on the packages' sources: the condition makes `@trainyard/x` resolve to its `src/index.ts`.
const resolve = { conditions: ['trainyard-source'] };

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    pool: 'forks', // libtensorflow is loaded once a process and cannot be unloaded
    poolOptions: { forks: { minForks: 1, maxForks: 3 } },
    sequence: { sequencer: Turns },
    runner: './tests/support/timely-runner.ts',
    globalSetup: ['tests/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'bench/src/**/*.test.ts', 'tools/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
  },
});
