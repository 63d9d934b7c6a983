import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bundle, bundleOf, codeCacheOf } from './bundle.js';

/** Of a clone, as of an image. */
const packages = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Loads a module of an app, and all that it imports: from the one file that the build has made of them, with V8's code cache, where
 * that is newer than every package and the app; else module by module. To find, read, link and compile more than a thousand modules
 * is most of what a process costs before it can do anything (`node bench/process-start.mjs` prints how much). Whoever compiles
 * without bundling (`tsc -b`) gets the modules, and never old code.
 *
 * @param module the compiled module's address, in its app's `dist`
 * @returns what it exports
 */
export async function loadProgram<Exports>(module: URL): Promise<Exports> {
  const file = fileURLToPath(module);
  const bundle = bundleOf(file);
  if (!isNewest(bundle, path.dirname(file))) return (await import(module.href)) as Exports;
  return new Bundle(bundle, readIfThere(codeCacheOf(bundle))).run() as Exports;
}

/** Whether nothing has been compiled since. Where the compiler's notes are missing nothing is compiled any more. */
function isNewest(bundle: string, app: string): boolean {
  const made = modified(bundle);
  const compiled = [app, ...readdirSync(packages).map((name) => path.join(packages, name, 'dist'))];
  return made !== undefined && compiled.every((folder) => (modified(path.join(folder, '.tsbuildinfo')) ?? 0) <= made);
}

const modified = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
