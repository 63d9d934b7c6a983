import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { readRemedies } from './src/errors/remedies.js';

const workspace = path.resolve(import.meta.dirname, '../..');
/** For `npm run dev`: the API that the page talks to. */
const api = process.env['TRAINYARD_URL'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  root: import.meta.dirname,
  base: './', // works below any path that a proxy puts it
  resolve: { conditions: ['trainyard-source', ...defaultClientConditions] },
  html: { cspNonce: '__CSP_NONCE__' }, // the API writes a new one into each page: apps/api/src/routes/dashboard.ts
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    rollupOptions: { onwarn: (warning, warn) => warning.code !== 'MODULE_LEVEL_DIRECTIVE' && warn(warning) }, // libraries' "use client"
  },
  plugins: [remedies(), compressAssets()],
  server: { fs: { allow: [workspace] }, proxy: Object.fromEntries(['/v1', '/readyz', '/healthz', '/docs', '/guide', '/openapi.json'].map((prefix) => [prefix, api])) },
});

/** The module `virtual:remedies`: what docs/errors.md says is to be done about each error. */
function remedies(): Plugin {
  const id = '\0virtual:remedies';
  return {
    name: 'remedies',
    resolveId: (source) => (source === 'virtual:remedies' ? id : undefined),
    load: async (asked) => (asked === id ? `export default ${JSON.stringify(Object.fromEntries(readRemedies(await readFile(path.join(workspace, 'docs/errors.md'), 'utf8'))))}` : undefined),
  };
}

/** Writes a `.gz` beside each text asset, which the API sends to those who take it. */
function compressAssets(): Plugin {
  return {
    name: 'compress-assets',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      const assets = path.join(dir, 'assets');
      const names = (await readdir(assets)).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(names.map(async (name) => writeFile(path.join(assets, `${name}.gz`), await promisify(gzip)(await readFile(path.join(assets, name)), { level: 9 }))));
    },
  };
}
