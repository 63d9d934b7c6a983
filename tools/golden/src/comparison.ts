import type { NdArray } from '@trainyard/ndarray';

/** |ours − theirs| ≤ absolute + relative·|theirs|. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** The tolerances at the end of GOLDENS.md: float32 on a CPU. */
export const tolerances = {
  outputs: { absolute: 1e-5, relative: 1e-5 },
  gradients: { absolute: 1e-4, relative: 1e-4 },
  history: { absolute: 1e-5, relative: 0 },
  weights: { absolute: 5e-5, relative: 0 },
  optimizers: { absolute: 2e-6, relative: 0 },
  /** A mean of percentages is of the order 1e9 where a target is 0. */
  percentages: { absolute: 1e-5, relative: 1e-5 },
} as const satisfies Record<string, Tolerance>;

interface Fault {
  readonly place: string;
  readonly text: string;
}

/** Collects what a case compares: the largest error, and whatever is beyond its tolerance. */
export class Comparison {
  readonly faults: Fault[] = [];
  compared = 0;
  largest = 0;
  largestPlace = '';

  get passed(): boolean {
    return this.faults.length === 0;
  }

  number(place: string, ours: number | undefined, theirs: number, tolerance: Tolerance): void {
    this.compared++;
    if (ours === undefined) {
      this.faults.push({ place, text: `expected ${theirs}, received nothing` });
      return;
    }
    if (Number.isNaN(theirs) ? Number.isNaN(ours) : ours === theirs) return;
    const error = Math.abs(ours - theirs);
    if (!(error <= this.largest) && Number.isFinite(error)) {
      this.largest = error;
      this.largestPlace = place;
    }
    if (!(error <= tolerance.absolute + tolerance.relative * Math.abs(theirs))) this.faults.push({ place, text: `expected ${theirs}, received ${ours}` });
  }

  numbers(place: string, ours: ArrayLike<number> | undefined, theirs: readonly number[], tolerance: Tolerance): void {
    if (ours?.length !== theirs.length) this.faults.push({ place, text: `expected ${theirs.length} numbers, received ${ours?.length ?? 'nothing'}` });
    theirs.forEach((value, i) => this.number(`${place}[${i}]`, ours?.[i], value, tolerance));
  }

  array(place: string, ours: NdArray | undefined, theirs: NdArray, tolerance: Tolerance): void {
    if (ours?.shape.join() !== theirs.shape.join()) {
      this.faults.push({ place, text: `expected shape [${theirs.shape.join(', ')}], received ${ours ? `[${ours.shape.join(', ')}]` : 'nothing'}` });
      return;
    }
    for (let i = 0; i < theirs.data.length; i++) this.number(place, Number(ours.data[i]), Number(theirs.data[i]), tolerance);
  }

  exact(place: string, ours: unknown, theirs: unknown): void {
    this.compared++;
    const [one, other] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (one !== other) this.faults.push({ place, text: `expected ${other}, received ${one}` });
  }
}
