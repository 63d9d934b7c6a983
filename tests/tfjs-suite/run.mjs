// Runs tfjs-core's own specs on our TensorFlow backend. See README.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { build } from 'esbuild';
import Jasmine from 'jasmine';

const here = import.meta.dirname;
const { values: options } = parseArgs({ options: { json: { type: 'string' }, traced: { type: 'boolean', default: false } } });

// The baseline was made with oneDNN's kernels, which TensorFlow takes by itself only on processors with AVX-512 VNNI. Others refuse another thing first, in one spec.
process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';

/** Bundles the specs into one CommonJS file: tfjs-core's modules name their imports without extensions, which Node does not resolve. */
async function bundleSpecs(folder) {
  const outfile = join(folder, 'specs.cjs');
  await build({
    entryPoints: [join(here, 'specs.mjs')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // The package declares itself free of side effects, and its specs are nothing else.
    ignoreAnnotations: true,
    logLevel: 'error',
  });
  return outfile;
}

/** @returns The counts of traced ops, with `--traced`. */
async function registerBackend() {
  const { findLibrary, registerTensorFlowBackend } = await import('@trainyard/tensorflow');
  await registerTensorFlowBackend({ library: findLibrary(process.env) });
  if (!options.traced) return undefined;
  const tf = await import('@tensorflow/tfjs-core');
  const { traceInstead } = await import('./graph-binding.mjs');
  return traceInstead(tf.backend().binding).counts;
}

async function runSpecs(bundle, ignored) {
  const runner = new Jasmine({ projectBaseDir: here });
  runner.loadConfig({ spec_files: [], random: false });
  runner.exitOnCompletion = false;
  runner.clearReporters();
  const passed = [];
  const failed = {};
  runner.addReporter({
    specDone({ fullName, status, failedExpectations }) {
      if (status === 'passed') passed.push(fullName);
      if (status === 'failed') failed[fullName] = failedExpectations.map(({ message }) => message).join(' | ').slice(0, 500);
    },
  });
  runner.env.configure({ specFilter: (spec) => !ignored.some((part) => spec.getFullName().includes(part)) });
  createRequire(import.meta.url)(bundle);
  await runner.execute();
  return { passed, failed };
}

/** The names of the baseline that did not pass as often as they occur in it. */
function missingFrom(passed, baseline) {
  const counts = new Map();
  for (const name of passed) counts.set(name, (counts.get(name) ?? 0) + 1);
  return baseline.filter((name) => {
    const left = counts.get(name) ?? 0;
    counts.set(name, left - 1);
    return left <= 0;
  });
}

const folder = await mkdtemp(join(tmpdir(), 'tfjs-suite-'));
try {
  const untraceable = options.traced ? JSON.parse(await readFile(join(here, 'untraceable.json'), 'utf8')) : {};
  const baseline = (await readFile(join(here, 'baseline.txt'), 'utf8')).trimEnd().split('\n').filter((name) => !(name in untraceable));
  const ignored = [...JSON.parse(await readFile(join(here, 'ignored.json'), 'utf8')), ...Object.keys(untraceable)];
  const bundle = await bundleSpecs(folder);
  const counts = await registerBackend();
  const { passed, failed } = await runSpecs(bundle, ignored);
  const missing = missingFrom(passed, baseline);
  if (options.json) await writeFile(options.json, JSON.stringify({ passed, failed, missing }, null, 1));
  for (const [name, message] of Object.entries(failed)) console.log(`failed: ${name}\n  ${message.replaceAll('\n', '\n  ')}`);
  for (const name of missing) console.log(`in the baseline, and did not pass: ${name}`);
  if (counts) console.log(`${counts.traced} ops traced, ${counts.compared} reads the same as eagerly; not traced: ${JSON.stringify(counts.untraced)}`);
  console.log(`${passed.length} passed, ${Object.keys(failed).length} failed`);
  process.exitCode = missing.length > 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}
