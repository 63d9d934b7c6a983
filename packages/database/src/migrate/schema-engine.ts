import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { MigrationAdapter } from './migration-adapter.js';

interface Glue {
  readonly SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: unknown): void;
}

/** What is used of WebAssembly, whose types TypeScript has only together with those of a browser. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(bytes: Uint8Array, imports: Record<string, unknown>): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
  };
};

declare global {
  var PRISMA_WASM_PANIC_REGISTRY: { set_message(message: string): void } | undefined;
}

let loading: Promise<Glue> | undefined;
let running: Promise<unknown> = Promise.resolve();

/**
 * Prisma's schema engine as WebAssembly. Prisma's own CLI downloads a native one when it is first needed; this one comes
 * with `npm ci`, so migrations run on a machine without internet.
 */
async function loadEngine(): Promise<Glue> {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(join(dirname(entry), 'schema_engine_bg.wasm'));
  const glue = (await import(pathToFileURL(entry).href)) as Glue;
  const { instance } = await webAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

/**
 * Runs `use` with an engine over `adapter`. One at a time in a process.
 *
 * @throws Error with the engine's panic message: a panic is thrown in a microtask of its own, and the engine's promise
 * never settles.
 */
export async function withSchemaEngine<T>(
  adapter: MigrationAdapter,
  schema: { path: string; content: string },
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const previous = running;
  const run = previous.then(async () => {
    const glue = await (loading ??= loadEngine());
    const panicked = new Promise<never>((_, reject) => {
      globalThis.PRISMA_WASM_PANIC_REGISTRY = {
        set_message: (message) => reject(new Error(`Prisma's schema engine panicked: ${message}`)),
      };
    });
    const engine = await glue.SchemaEngine.new(
      { datamodels: [[schema.path, schema.content]] },
      () => undefined, // its log of every statement is of no use to anybody who migrates
      bindMigrationAwareSqlAdapterFactory(adapter),
    );
    try {
      const result = await Promise.race([use(engine), panicked]);
      engine.free(); // not after an error: an engine that panicked cannot be freed
      return result;
    } finally {
      await adapter.close();
    }
  });
  running = run.catch(() => undefined);
  return run;
}
