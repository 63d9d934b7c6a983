import { RawInputs } from '@trainyard/dataset';
import { ObjectNotFoundError, type ObjectStore } from '@trainyard/object-store';
import { ApiError, DataState, invalidRequest } from '@trainyard/protocol';

/** How a job's rows become inputs, and what that takes of the machine's memory, more or less. */
export interface LoadedRawInputs {
  readonly inputs: RawInputs;
  readonly bytes: number;
}

/** JSON as objects: vocabularies are held as strings and as maps of them. */
const growth = 8;

/**
 * @param key of the object with a job's `DataState`
 * @throws ApiError 422 when nothing is kept of how the job's rows are read; ObjectStoreUnavailableError
 */
export async function loadRawInputs(store: ObjectStore, key: string): Promise<LoadedRawInputs> {
  const bytes = await store.read(key).catch((error: unknown) => {
    throw error instanceof ObjectNotFoundError ? new ApiError('not_found', 'what the job found out about its data is not in the object storage', { cause: error }) : error;
  });
  const { train } = DataState.parse(JSON.parse(Buffer.from(bytes).toString()));
  if (!train.inputs) throw invalidRequest([{ pointer: '/raw', code: 'invalid_value', detail: "the job was trained before Trainyard kept how rows are read; leave out raw and send the model's inputs, or train it again" }]);
  return { inputs: await RawInputs.of(train.inputs, train.fitted), bytes: bytes.byteLength * growth };
}
