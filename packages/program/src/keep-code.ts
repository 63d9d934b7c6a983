import { renameSync, writeFileSync } from 'node:fs';
import { Bundle, codeCacheOf } from './bundle.js';

/** What a bundled module may export besides its program. */
interface Practising {
  /** Does once what every process of the program does, so that the functions of it are compiled and kept, too. */
  readonly practise?: () => Promise<void>;
}

/*
 * Run by the build, with the bundle's path and with the options of Node that its process will have: V8 takes a code cache only
 * under the options of V8 under which it was made. The bundle's modules are run, not the program: what their top levels call is
 * compiled then, and kept; so is what they practise.
 */
const file = process.argv[2] ?? '';
const bundle = new Bundle(file);
const { practise } = bundle.run() as Practising;
await practise?.();
const made = `${codeCacheOf(file)}.${process.pid}`;
writeFileSync(made, bundle.codeCache());
renameSync(made, codeCacheOf(file)); // a process that starts meanwhile finds the whole, or nothing
process.exit(0); // whatever the modules have begun
