import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The reference data: see tests/golden/GOLDENS.md. */
export const goldenFolder = join(import.meta.dirname, '..', 'golden');

/** The names of the training cases: the folders with a `spec.json`. */
export function trainingCases(): string[] {
  return readdirSync(goldenFolder).filter((name) => existsSync(join(goldenFolder, name, 'spec.json')));
}
