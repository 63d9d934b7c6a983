import { bytesPerElement, sizeOf, type DType } from '@trainyard/ndarray';

import type { Pointer, TfOutput } from '../library/native.js';
import type { TensorFlow } from '../library/tensorflow.js';
import { ProtoWriter } from '../protobuf/writer.js';
import { bufferOf, type NativeBlock, outputBlock, pointerBlock } from './native-block.js';

/** Dtypes that a fetched tensor can have. */
export type FetchDType = Extract<DType, 'float32' | 'int32' | 'bool'>;

/** A tensor that a run is given: its node, and what it must be. */
export interface Feed {
  readonly name: string;
  readonly output: TfOutput;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** A tensor that a run answers. */
export interface Fetch {
  readonly output: TfOutput;
  readonly dtype: FetchDType;
  readonly shape: readonly number[];
}

/**
 * What is the same in every run of a step, laid out once in native memory: which tensors go in, which come out, which
 * operations run besides.
 */
export class RunPlan {
  readonly feeds: readonly Feed[];
  readonly fetches: readonly Fetch[];
  readonly feedBytes: readonly number[];
  readonly inputs: Pointer;
  readonly outputs: Pointer;
  readonly targets: Pointer;
  readonly targetCount: number;
  /** A TF_Buffer of the RunOptions of runs in the calling thread. */
  readonly inlineOptions: Pointer;
  readonly #blocks: readonly NativeBlock[];

  constructor(tensorflow: TensorFlow, feeds: readonly Feed[], fetches: readonly Fetch[], targets: readonly Pointer[]) {
    this.feeds = feeds;
    this.fetches = fetches;
    this.feedBytes = feeds.map((feed) => sizeOf(feed.shape) * bytesPerElement(feed.dtype));
    const inputs = outputBlock(tensorflow, feeds.map((feed) => feed.output));
    const outputs = outputBlock(tensorflow, fetches.map((fetch) => fetch.output));
    const operations = pointerBlock(tensorflow, targets);
    this.inputs = inputs.pointer;
    this.outputs = outputs.pointer;
    this.targets = operations.pointer;
    this.targetCount = targets.length;
    const options = bufferOf(tensorflow, CALLER_THREAD);
    this.inlineOptions = options[0].pointer;
    this.#blocks = [inputs, outputs, operations, ...options];
  }

  dispose(): void {
    for (const block of this.#blocks) block.dispose();
  }
}

/** `RunOptions { inter_op_thread_pool: -1 }` (config.proto): the ops run in the calling thread. */
const CALLER_THREAD = new ProtoWriter().integer(3, -1).finish();
