import path from 'node:path';
import { parseArgs } from 'node:util';

import { CorpusError, readCorpus } from './corpus.js';
import { MAX_GROWTH_MIB, MAX_MS, runCorpus } from './run-corpus.js';

const USAGE = `npm run refuse -- [--dir DIR] [--summary] [--verbose]

Loads every file that DIR (default: tests/hostile) lists as the service loads uploads: models by parseModel or parseModelYaml and
buildModel, .h5 and .keras files in a process of their own and then into the model, data by the dataset's readers. Prints a line
for each file of manifest.json that was not refused and for each of controls.json that was, then a total. Exits 1 if there is any.

  manifest.json   [{file, kind, why, expect: "refused"}]; kind: model_json, model_yaml, h5, keras, npz, npy, csv.
                  h5 also: as "weights" (with model: the file of the model's JSON) or "whole_model".
  controls.json   the same for files that must load.

Refused means: by a FormatError or DataError, within ${MAX_MS / 1000} s (a file that took longer is read once more, alone) and ${MAX_GROWTH_MIB} MB of
memory over what the process had before (peak resident size, that of a reading process included). No other file may be read,
no prototype changed, and the process goes on.

  --verbose       a line for every file: time, memory, how it ended
  --summary       a last line "N passed, M failed"`;

const { values: options } = parseArgs({
  options: { dir: { type: 'string' }, verbose: { type: 'boolean', default: false }, summary: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const corpus = await readCorpus(path.resolve(options.dir ?? path.join(import.meta.dirname, '../../../tests/hostile')));
  const { refused, notRefused, loaded, controlsRefused, slowest, largest } = await runCorpus(corpus, options.verbose ? { tell: (line) => console.log(line) } : {});
  for (const line of notRefused) console.log(`not refused: ${line}`);
  for (const line of controlsRefused) console.log(`control refused: ${line}`);
  if (options.verbose) console.log(`slowest: ${slowest.file}, ${slowest.ms.toFixed(0)} ms; largest: ${largest.file}, ${largest.growthMiB.toFixed(0)} MB`);
  console.log(`${refused} refused, ${notRefused.length} not refused, ${loaded} controls loaded, ${controlsRefused.length} controls refused`);
  const failed = notRefused.length + controlsRefused.length;
  if (options.summary) console.log(`${refused + loaded} passed, ${failed} failed`);
  if (failed > 0 || refused + loaded === 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof CorpusError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
