import { encodeNpz, type NdArray } from '@trainyard/ndarray';
import { twoClasses, type JobsApi } from '@trainyard/stack';

export const ROWS = 480;
/** Steps of a sequence, and numbers a step. */
export const SEQUENCE = [10, 4] as const;
export const FEATURES = SEQUENCE[0] * SEQUENCE[1];

const file = 'chaos.npz';

/** The source of all jobs: `x`, the same as sequences `seq`, two classes `y`, three classes `y3`. */
export const chaosSource = { uri: `files/${file}` } as const;

export async function uploadChaosData(api: JobsApi): Promise<void> {
  const { x, y } = twoClasses(ROWS, FEATURES);
  const seq: NdArray = { ...x, shape: [ROWS, ...SEQUENCE] };
  const y3: NdArray = { dtype: 'float32', shape: [ROWS, 3], data: Float32Array.from({ length: ROWS * 3 }, (_, i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : 0)) };
  await api.upload(file, encodeNpz([['x', x], ['seq', seq], ['y', y], ['y3', y3]]));
}
