import path from 'node:path';

import { JsonProcess } from '../../contenders/json-process.js';
import type { LoadOptions } from './run-load.js';

/** A request whose body is in a file: some are of 100 MB. */
export interface RequestFile {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyFile: string;
}

/** A line to the load generator. */
export type LoadCommand = { readonly op: 'once'; readonly request: RequestFile } | ({ readonly op: 'load'; readonly request: RequestFile } & LoadOptions);

export interface LoadFigures {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface OnceFigures {
  /** From the first byte sent to the last one received. */
  readonly ms: number;
  /** The answer's bytes, a character each. */
  readonly body: string;
}

/** The process that asks, of all servers the same. */
export class LoadClient {
  readonly #process: JsonProcess;

  /** @param programs of bench/src, compiled. */
  constructor(env: NodeJS.ProcessEnv, programs = path.join(import.meta.dirname, '../..')) {
    this.#process = new JsonProcess({ name: 'load generator', file: process.execPath, args: [path.join(programs, 'predict/load/load-generator.js')], env });
  }

  load(request: RequestFile, options: LoadOptions): Promise<LoadFigures> {
    return this.#process.ask({ op: 'load', request, ...options } satisfies LoadCommand);
  }

  once(request: RequestFile): Promise<OnceFigures> {
    return this.#process.ask({ op: 'once', request } satisfies LoadCommand);
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}
