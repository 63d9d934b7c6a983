import { readFileSync } from 'node:fs';
import path from 'node:path';

import { leaks, prototypeMembers, secretsNamedIn } from './breaches.js';
import type { Entry } from './corpus.js';
import { loadEntry, type Loaded } from './load/load-entry.js';
import { UploadStore } from './load/upload-store.js';
import { residentKiB, resetPeak } from './memory.js';
import { type Measured, type Outcome, outcomeOf } from './verdict.js';

/**
 * The process that reads: loads one file after the other, as it is told to by the supervisor, and goes on whatever was in them.
 * Arguments: the folder of the corpus.
 */
const [folder = '.'] = process.argv.slice(2);
const uploads = await UploadStore.open();
const changedPrototypes = prototypeMembers();
const strayErrors: string[] = [];
process.on('unhandledRejection', (error) => strayErrors.push(`a promise was left to fail: ${String(error)}`));
process.on('uncaughtException', (error) => strayErrors.push(`an error that nobody caught: ${String(error)}`));

async function measure(entry: Entry): Promise<Measured> {
  const secrets = entry.kind === 'h5' || entry.kind === 'keras' ? secretsNamedIn(tryToRead(entry), path.dirname(path.resolve(folder, entry.file))) : new Map<string, Buffer>();
  globalThis.gc?.();
  const before = residentKiB('self');
  const marked = resetPeak();
  const started = performance.now();
  let outcome: Outcome;
  let loaded: Loaded = { arrays: [] };
  try {
    loaded = await loadEntry(entry, folder, uploads);
    outcome = { how: 'loaded' };
  } catch (error) {
    outcome = outcomeOf(error);
  }
  const ms = performance.now() - started;
  const after = residentKiB('self');
  await new Promise((resolve) => setImmediate(resolve));
  const breaches = [...changedPrototypes(), ...strayErrors.splice(0), ...leaks(secrets, outcome.how === 'loaded' ? '' : outcome.message, loaded.arrays)];
  return { outcome, ms, growthMiB: before && after && marked ? (after.peak - before.now) / 1024 : undefined, breaches };
}

/** A file that is not there is a fault of the list; loading it says so. */
function tryToRead(entry: Entry): Uint8Array {
  try {
    return readFileSync(path.resolve(folder, entry.file));
  } catch {
    return new Uint8Array();
  }
}

process.on('message', (entry: Entry) => {
  void measure(entry).then((measured) => process.send?.(measured));
});
process.on('disconnect', () => void uploads.remove().finally(() => process.exit()));
process.send?.('ready');
