import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const compiled = at('../child.js');
const bundled = at('../bundle/child.mjs');
const packages = at('../../../../packages');

let chosen: string | undefined;

/**
 * The program of training processes: the file that the build makes of all its modules, which is ready to train after 2.8 s of a
 * slow processor where loading them one by one takes 3.9 (`node bench/process-start.mjs`). Whoever compiles a package without
 * bundling it (`tsc -b`) gets the modules, and never an old bundle.
 */
export function trainingProgram(): string {
  return (chosen ??= isNewest(bundled) ? bundled : compiled);
}

/** Whether no package has been compiled since. Where the compiler's notes are missing nothing is compiled any more. */
function isNewest(file: string): boolean {
  const made = modified(file);
  const notes = [at('../.tsbuildinfo'), ...readdirSync(packages).map((name) => `${packages}/${name}/dist/.tsbuildinfo`)];
  return made !== undefined && notes.every((note) => (modified(note) ?? 0) <= made);
}

const modified = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.mtimeMs;
