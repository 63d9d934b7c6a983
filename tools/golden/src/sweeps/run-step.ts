import type { FeedSpec, Runtime, StepDefinition } from '@trainyard/engine';
import { cast, type NdArray } from '@trainyard/ndarray';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Runs tfjs ops once on arrays in a runtime: a step without variables. */
export async function runOnce(runtime: Runtime, arrays: readonly NdArray[], build: (inputs: Tensor[]) => Tensor[]): Promise<NdArray[]> {
  const program = runtime.createProgram([]);
  const fed = arrays.map((array) => (array.dtype === 'int32' ? array : cast(array, 'float32')));
  const feeds = fed.map((array, i): FeedSpec => ({ name: `a${i}`, shape: array.shape, dtype: array.dtype as FeedSpec['dtype'] }));
  const step: StepDefinition = { name: 'sweep', feeds, build: (scope) => build(feeds.map(({ name }) => scope.feed(name))) };
  try {
    return await program.compile(step).run(Object.fromEntries(fed.map((array, i) => [`a${i}`, array])));
  } finally {
    program.dispose();
  }
}
