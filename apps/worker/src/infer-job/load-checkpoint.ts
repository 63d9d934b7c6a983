import { fromWeightsFile, inWeightOrder, type ModelProgram } from '@trainyard/engine';
import { readWeightsFile } from '@trainyard/keras-format';
import type { InferenceOrder } from '../messages.js';
import type { Attempt } from '../train-job/attempt.js';
import { withPatience } from '../train-job/patience.js';
import { inPart } from '../train-job/placed-error.js';

/**
 * Gives a program the weights of the checkpoint that the job names. Stateful layers begin with cleared states.
 *
 * @throws PlacedError with the FormatError of a file that cannot be used.
 */
export async function loadCheckpoint({ order: { spec }, store }: Attempt<InferenceOrder>, program: ModelProgram): Promise<void> {
  const values = await inPart('/checkpoint', async () => {
    const file = await readWeightsFile(await withPatience(() => store.read(spec.checkpoint.key)));
    return inWeightOrder(program.weights, fromWeightsFile(program.model, file));
  });
  await program.setWeights(values);
  await program.resetStates();
}
