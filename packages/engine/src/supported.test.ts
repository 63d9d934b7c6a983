import path from 'node:path';

import { expect, it } from 'vitest';

import { supportedMarkdown } from './supported.js';

// `npx vitest run packages/engine/src/supported.test.ts -u` writes the page anew.
it('docs/supported.md lists what the registries hold', async () => {
  await expect(supportedMarkdown()).toMatchFileSnapshot(path.resolve(import.meta.dirname, '../../../docs/supported.md'));
});
