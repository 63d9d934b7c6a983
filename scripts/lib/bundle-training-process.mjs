import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './paths.mjs';

const entry = path.join(root, 'apps/worker/dist/child.js');
const output = path.join(root, 'apps/worker/dist/bundle/child.mjs');

/** OpenTelemetry's SDK, which is loaded only where something is traced. */
const sdk = path.join(root, 'packages/telemetry/dist/sdk/*');

/** What has native code or files of its own beside it, or is so long that reading it would cost more than finding it. */
const external = ['koffi', 'sharp', 'h5wasm', '@prisma/client/runtime/query_*', sdk];

/** What modules written for CommonJS expect to be there. */
const banner = `import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));`;

/**
 * Makes one file of all the modules that a training process loads, of which there are more than a thousand: to find, read and link them one by one
 * is most of what a process costs before it can train. apps/worker/src/supervisor/training-program.ts tells when it is used.
 */
export async function bundleTrainingProcess() {
  const { build } = await import('esbuild');
  await build({
    ...{ entryPoints: [entry], outfile: output, bundle: true, external, ignoreAnnotations: true, banner: { js: banner } },
    ...{ platform: 'node', target: 'node20', format: 'esm', keepNames: true, legalComments: 'none', logLevel: 'warning' },
    plugins: [{ name: 'own-place', setup: (build) => void build.onLoad({ filter: /\.m?js$/ }, inItsOwnPlace) }],
  });
}

/** Modules find threads, programs and folders beside themselves by `import.meta`: it is made to say where they were. */
async function inItsOwnPlace({ path: file }) {
  const source = await readFile(file, 'utf8');
  if (!source.includes('import.meta.')) return undefined;
  const place = `new URL(${JSON.stringify(path.relative(path.dirname(output), file).replaceAll(path.sep, '/'))}, import.meta.url)`;
  const contents = source
    .replaceAll('import.meta.url', `${place}.href`)
    .replaceAll('import.meta.filename', `__fileURLToPath(${place})`)
    .replaceAll('import.meta.dirname', `__fileURLToPath(new URL('.', ${place}))`);
  return { contents, loader: 'js' };
}
