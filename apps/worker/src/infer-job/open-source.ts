import { openDataset, type Dataset, type ModelNames } from '@trainyard/dataset';
import type { Fitted } from '@trainyard/protocol';
import type { InferenceOrder } from '../messages.js';
import type { Attempt } from '../train-job/attempt.js';
import { pinned, readShards, readState, settleState, shardsOfDataset } from '../train-job/data-state.js';
import { resolveUri, rowsReporter } from '../train-job/open-dataset.js';
import { withPatience } from '../train-job/patience.js';
import { inPart } from '../train-job/placed-error.js';

const nothingLearnt: Fitted = { transforms: [] };

/**
 * Opens the source of an evaluation, or of predictions: the files that an earlier attempt found, or those that are there now. Its
 * transforms learn nothing; what they need, the training has learnt.
 *
 * @param check whether its shapes fit the model.
 * @throws PlacedError with the DataError, or what `check` threw.
 */
export async function openSource(attempt: Attempt<InferenceOrder>, names: ModelNames, check: (dataset: Dataset) => void): Promise<Dataset> {
  const { order, store, workplace, wishes } = attempt;
  const { data, checkpoint } = order.spec;
  const known = order.dataKey === null ? undefined : await readShards(store, order.dataKey);
  const fitted = checkpoint.data_key === null ? nothingLearnt : (await readState(store, checkpoint.data_key)).train.fitted;
  const dataset = await inPart('/data', async () => {
    const shards = known ?? (await shardsOfDataset(attempt, data.dataset));
    const reading = { signal: wishes.signal, onRows: rowsReporter(attempt) };
    const opened = await openDataset(data, { ...names, ...reading, fitted, shards, resolve: (uri) => resolveUri(uri, store, order.project, workplace.storage) });
    check(opened);
    return opened;
  });
  if (!known) await withPatience(() => settleState(attempt, { version: 1, shards: pinned(dataset) }));
  return dataset;
}
