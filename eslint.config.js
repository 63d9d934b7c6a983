import { readdirSync } from 'node:fs';
import path from 'node:path';
import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

const root = import.meta.dirname;
const workspaces = [...['packages', 'apps', 'tools'].flatMap((group) => readdirSync(path.join(root, group)).map((name) => `${group}/${name}`)), 'bench'];
const testFiles = ['prisma.config.ts', '**/*.test.ts', '**/src/testing/**', 'tests/**', 'bench/**', 'vitest.config.ts'];

/** A workspace imports what its own package.json names; its tests also what the root's names (vitest, fast-check). */
const dependencyRules = workspaces.map((workspace) => ({
  files: [`${workspace}/**/*.{ts,tsx}`],
  rules: {
    'import-x/no-extraneous-dependencies': ['error', { devDependencies: testFiles, packageDir: [root, path.join(root, workspace)] }],
  },
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/generated/**', '**/node_modules/**', 'tests/golden/**', 'bench/peers/**'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.test.json', './apps/dashboard/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ noWarnOnMultipleProjects: true, project: ['tsconfig.test.json', 'apps/dashboard/tsconfig.json'], conditionNames: ['trainyard-source', 'types', 'import', 'node', 'default'] }),
      ],
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allowNullish: true, allowArray: true }],
      'import-x/no-cycle': 'error',
      'import-x/no-extraneous-dependencies': ['error', { devDependencies: testFiles }],
      'import-x/no-relative-packages': 'error',
      'max-lines': ['warn', { max: 350, skipBlankLines: true, skipComments: true }],
    },
  },
  ...dependencyRules,
  {
    // The web page: bundled, so that all it needs is of development; of ours it knows what any client of the API knows.
    files: ['apps/dashboard/**/*.{ts,tsx}'],
    rules: {
      'import-x/no-extraneous-dependencies': ['error', { devDependencies: true, packageDir: [root, path.join(root, 'apps/dashboard')] }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    // These run in browsers too.
    files: ['packages/client/src/**/*.ts', 'packages/protocol/src/**/*.ts', 'apps/dashboard/src/**/*.{ts,tsx}'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^(node:|@trainyard/(?!(client|protocol)$))', message: 'This code runs in browsers: neither Node nor other packages than client and protocol.' }] }] },
  },
  {
    files: ['**/*.test.ts', 'tests/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', setInterval: 'readonly', clearInterval: 'readonly', fetch: 'readonly', URL: 'readonly', Buffer: 'readonly', performance: 'readonly', AbortController: 'readonly', AbortSignal: 'readonly' } },
  },
);
