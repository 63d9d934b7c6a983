import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** Where the build puts the one file of all modules that a compiled module needs. */
export const bundleOf = (module: string): string => path.join(path.dirname(module), 'bundle', `${path.basename(module, '.js')}.cjs`);

/** Where V8's code cache of a bundle lies: its functions as bytecode, which need not be compiled again. */
export const codeCacheOf = (bundle: string): string => `${bundle}.cache`;

/**
 * WebAssembly (Prisma's queries, HDF5) is optimized ten times later than V8 would: with its 1.8 million, five million being no better,
 * a training process spends 0.75 s of a processor on it before it is ready, with this 0.25 s. Belongs to the options under which a code
 * cache is made.
 */
setFlagsFromString('--wasm-tiering-budget=20000000');

type Import = (specifier: string) => Promise<unknown>;
type Wrapper = (exports: object, require: NodeJS.Require, module: { exports: object }, filename: string, dirname: string, importModule: Import) => void;

/**
 * A bundle that is about to run: an expression, a function of what CommonJS modules expect, and of what stands for `import()` there: code
 * from V8's cache does not know any more how a module is imported (scripts/lib/bundle-programs.mjs makes it so).
 */
export class Bundle {
  readonly #script: Script;

  /** @param cachedData V8's code cache. One of another version of V8, or of other options of V8, is ignored: what it has is compiled anew. */
  constructor(
    readonly file: string,
    cachedData?: Buffer,
  ) {
    // Written by esbuild in ASCII. Read as such, a character is a byte in V8 too, and nothing has to be decoded.
    const source = readFileSync(file, 'latin1');
    this.#script = new Script(source, { filename: file, cachedData });
  }

  /** Whether there was a code cache, and V8 took it. */
  get fromCache(): boolean {
    return this.#script.cachedDataRejected === false;
  }

  /** Runs its modules. @returns what the bundled module exports */
  run(): object {
    const module = { exports: {} };
    const folder = path.dirname(this.file);
    (this.#script.runInThisContext() as Wrapper)(module.exports, createRequire(this.file), module, this.file, folder, importFrom(folder));
    return module.exports;
  }

  /** What V8 has compiled until now. */
  codeCache(): Buffer {
    return this.#script.createCachedData();
  }
}

/** Imports as a module of that folder does: by one that is there, whose default export it is. */
function importFrom(folder: string): Import {
  const beside = pathToFileURL(path.join(folder, 'import.mjs')).href;
  return async (specifier) => ((await import(beside)) as { default: Import }).default(specifier);
}
