import type { Case } from '../cases.js';
import type { Contender, Fitted, Loaded, Request, Warm } from './contender.js';
import { type Command, JsonProcess } from './json-process.js';

/** A contender in a process of its own. */
export class ChildContender implements Contender {
  readonly #process: JsonProcess;

  constructor(command: Command) {
    this.#process = new JsonProcess(command);
  }

  get name(): string {
    return this.#process.name;
  }

  load(case_: Case): Promise<Loaded> {
    return this.#ask({ op: 'load', case: case_, spawned_at: this.#process.spawnedAt });
  }

  warmUp(seconds: number): Promise<Warm> {
    return this.#ask({ op: 'warm_up', seconds });
  }

  fit(): Promise<Fitted> {
    return this.#ask({ op: 'fit' });
  }

  async predict(rows: number, calls: number): Promise<readonly number[]> {
    return (await this.#ask<{ ms: number[] }>({ op: 'predict', rows, calls })).ms;
  }

  peakRssMiB(): Promise<number> {
    return this.#process.peakRssMiB();
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  #ask<T>(request: Request): Promise<T> {
    return this.#process.ask<T>(request);
  }
}
