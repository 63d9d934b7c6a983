import type { NdArray } from '@trainyard/ndarray';

import type { TensorFlow } from '../library/tensorflow.js';
import type { RunPlan } from './run-plan.js';
import { RunSlot } from './run-slot.js';

/** One run in flight and the next one staged: more are made when they are asked for, and not kept. */
const KEPT = 2;

/** The slots of a plan: filled, used by one run, filled again. */
export class SlotPool {
  readonly #tensorflow: TensorFlow;
  readonly #plan: RunPlan;
  readonly #free: RunSlot[] = [];
  #inUse = 0;
  #closed = false;

  constructor(tensorflow: TensorFlow, plan: RunPlan) {
    this.#tensorflow = tensorflow;
    this.#plan = plan;
  }

  /** A slot with these feeds, in the plan's order. */
  acquire(values: readonly NdArray[]): RunSlot {
    const slot = this.#free.pop() ?? new RunSlot(this.#tensorflow, this.#plan);
    slot.fill(values);
    this.#inUse++;
    return slot;
  }

  release(slot: RunSlot): void {
    this.#inUse--;
    if (this.#closed || this.#free.length >= KEPT) slot.dispose();
    else this.#free.push(slot);
    this.#freeIfIdle();
  }

  /** Frees the slots and the plan, those in use when their runs end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const slot of this.#free.splice(0)) slot.dispose();
    this.#freeIfIdle();
  }

  #freeIfIdle(): void {
    if (this.#closed && this.#inUse === 0) this.#plan.dispose();
  }
}
