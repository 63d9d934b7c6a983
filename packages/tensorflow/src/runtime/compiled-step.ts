import type { CompiledStep, StepDefinition } from '@trainyard/engine';
import type { NdArray } from '@trainyard/ndarray';

import { readBuffer } from '../library/buffer.js';
import type { TensorFlow } from '../library/tensorflow.js';
import { ProtoWriter } from '../protobuf/writer.js';
import { bufferOf } from '../session/native-block.js';
import { type OpTime, readOpTimes } from '../session/op-times.js';
import { type Feed, RunPlan } from '../session/run-plan.js';
import type { SessionRunner } from '../session/session-runner.js';
import { SlotPool } from '../session/slot-pool.js';
import { checkArray } from './check-array.js';
import type { TracedStep } from './trace-step.js';

/** `RunOptions { trace_level: FULL_TRACE }` (config.proto). */
const FULL_TRACE = new ProtoWriter().integer(1, 3).finish();

/** A traced step, ready to run. */
export class TensorFlowStep implements CompiledStep {
  readonly name: string;
  readonly nodeCount: number;
  readonly #tensorflow: TensorFlow;
  readonly #plan: RunPlan;
  readonly #pool: SlotPool;
  readonly #runner: SessionRunner;
  readonly #place: string;
  readonly #feeds: readonly Feed[];
  readonly #feedPlaces: readonly string[];
  readonly #constants: readonly NdArray[];
  readonly #inline: boolean;
  /** The first run optimizes the graph, and compiles what XLA is to: that may take a second, and is not for this thread. */
  #hasRun = false;
  #disposed = false;

  constructor(tensorflow: TensorFlow, runner: SessionRunner, { name, inline = false }: StepDefinition, traced: TracedStep, nodeCount: number) {
    this.name = name;
    this.#inline = inline;
    this.#tensorflow = tensorflow;
    this.nodeCount = nodeCount;
    this.#runner = runner;
    this.#feeds = traced.feeds;
    this.#constants = traced.constants.map(({ value }) => value);
    this.#plan = new RunPlan(tensorflow, [...traced.feeds, ...traced.constants.map(({ feed }) => feed)], traced.fetches, traced.targets);
    this.#pool = new SlotPool(tensorflow, this.#plan);
    this.#place = `step ${name}`;
    this.#feedPlaces = traced.feeds.map((feed) => `step ${name}, feed ${feed.name}`);
  }

  async run(feeds: Readonly<Record<string, NdArray>>): Promise<NdArray[]> {
    if (this.#disposed) throw new Error(`${this.#place}: has been disposed of`);
    const slot = this.#pool.acquire(this.#inOrder(feeds));
    const inline = this.#inline && this.#hasRun;
    const answers = await this.#runner.run(this.#plan, slot, this.#place, () => this.#pool.release(slot), { inline });
    this.#hasRun = true;
    return answers;
  }

  /**
   * One run, with the time that each of its ops took: two to three times as slow as a run that is not looked at.
   * Does all that `run` does.
   */
  async profile(feeds: Readonly<Record<string, NdArray>>): Promise<OpTime[]> {
    if (this.#disposed) throw new Error(`${this.#place}: has been disposed of`);
    const { api } = this.#tensorflow;
    const options = bufferOf(this.#tensorflow, FULL_TRACE);
    const metadata = api.newBuffer();
    let read = false;
    try {
      const slot = this.#pool.acquire(this.#inOrder(feeds));
      await this.#runner.run(this.#plan, slot, this.#place, () => this.#pool.release(slot), { profile: { options: options[0].pointer, metadata } });
      read = true;
      return readOpTimes(readBuffer(this.#tensorflow, metadata));
    } finally {
      if (!read) api.deleteBuffer(metadata);
      for (const block of options) block.dispose();
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#pool.close();
  }

  /** The feeds as the plan has them, each exactly as it was declared, and nothing else; the constants behind them. */
  #inOrder(feeds: Readonly<Record<string, NdArray>>): NdArray[] {
    const declared = this.#feeds;
    const values = declared.map((feed, index) => checkArray(this.#feedPlaces[index] ?? '', feed, feeds[feed.name]));
    const names = Object.keys(feeds);
    if (names.length > declared.length) {
      const unknown = names.filter((name) => !declared.some((feed) => feed.name === name));
      throw new RangeError(`${this.#place}: expected the feeds ${declared.map((feed) => feed.name).join(', ') || '(none)'}, received ${unknown.join(', ')} too`);
    }
    return [...values, ...this.#constants];
  }
}
