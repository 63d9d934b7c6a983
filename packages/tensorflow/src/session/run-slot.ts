import type { NdArray } from '@trainyard/ndarray';

import { cLibrary, type Bytes, type Pointer } from '../library/native.js';
import type { NativeHandle } from '../library/native-handle.js';
import type { TensorFlow } from '../library/tensorflow.js';
import { tfDTypeOf } from '../tensors/dtypes.js';
import { allocateTensor, copyTensor } from '../tensors/native-tensor.js';
import { NativeBlock } from './native-block.js';
import type { RunPlan } from './run-plan.js';

const POINTER_BYTES = 8;
const { memcpy } = cLibrary();

/** What one run needs of its own: the tensors that it is given, room for those that it answers, a status. */
export class RunSlot {
  readonly status: Pointer;
  readonly inputValues: Pointer;
  readonly outputValues: Pointer;
  readonly #tensorflow: TensorFlow;
  readonly #plan: RunPlan;
  readonly #owned: readonly NativeHandle[];
  readonly #inputBlock: NativeBlock;
  /** The feeds' TF_Tensors and where their elements are; kept from run to run. */
  readonly #tensors: BigUint64Array;
  readonly #data: Pointer[] = [];
  readonly #answers: BigUint64Array;

  constructor(tensorflow: TensorFlow, plan: RunPlan) {
    this.#tensorflow = tensorflow;
    this.#plan = plan;
    const status = tensorflow.newStatus();
    this.#inputBlock = new NativeBlock(tensorflow, plan.feeds.length * POINTER_BYTES);
    const outputBlock = new NativeBlock(tensorflow, plan.fetches.length * POINTER_BYTES);
    this.#owned = [status, this.#inputBlock, outputBlock];
    this.status = status.pointer;
    this.inputValues = this.#inputBlock.pointer;
    this.outputValues = outputBlock.pointer;
    this.#tensors = new BigUint64Array(plan.feeds.length);
    this.#answers = new BigUint64Array(plan.fetches.length);
    plan.feeds.forEach((_, index) => this.#allocate(index));
    this.#inputBlock.write(this.#tensors);
  }

  /** Copies the values of the feeds, in the plan's order, to where the run will find them. */
  fill(values: readonly NdArray[]): void {
    const { api, live } = this.#tensorflow;
    let moved = false;
    for (let index = 0; index < values.length; index++) {
      const tensor = this.#tensors[index] ?? 0n;
      // A run may have kept the buffer: `assign(variable, feed)` shares it with the variable. Then this one gets a new one.
      if (api.tensorMaybeMove(tensor) === null) {
        api.deleteTensor(tensor);
        live.released('tensor');
        this.#allocate(index);
        moved = true;
      }
      const bytes = this.#plan.feedBytes[index] ?? 0;
      if (bytes > 0) memcpy(this.#data[index] ?? null, values[index]?.data as Bytes, bytes);
    }
    if (moved) this.#inputBlock.write(this.#tensors);
  }

  /** Copies of what the run answered, which is then deleted. */
  take(): NdArray[] {
    const { fetches } = this.#plan;
    const { api } = this.#tensorflow;
    const answers = this.#answers;
    if (answers.length > 0) memcpy(answers, this.outputValues, answers.byteLength);
    try {
      return fetches.map(({ dtype, shape }, index) => copyTensor(this.#tensorflow, answers[index] ?? 0n, dtype, shape));
    } finally {
      for (const tensor of answers) api.deleteTensor(tensor);
    }
  }

  dispose(): void {
    for (const tensor of this.#tensors) {
      this.#tensorflow.api.deleteTensor(tensor);
      this.#tensorflow.live.released('tensor');
    }
    for (const owned of this.#owned) owned.dispose();
  }

  #allocate(index: number): void {
    const feed = this.#plan.feeds[index];
    if (!feed) return;
    const tensor = allocateTensor(this.#tensorflow, tfDTypeOf[feed.dtype], feed.shape, this.#plan.feedBytes[index] ?? 0);
    this.#tensorflow.live.acquired('tensor');
    this.#tensors[index] = tensor;
    this.#data[index] = this.#tensorflow.api.tensorData(tensor);
  }
}
