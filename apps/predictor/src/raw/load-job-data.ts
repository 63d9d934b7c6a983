import { RawInputs, type ClassNames } from '@trainyard/dataset';
import { ObjectNotFoundError, type ObjectStore } from '@trainyard/object-store';
import { ApiError, DataState, invalidRequest } from '@trainyard/protocol';

/** What a job found out about its data, as predictions need it. */
export interface JobData {
  /** How its rows become inputs; `undefined` of jobs older than that is kept. */
  readonly inputs: RawInputs | undefined;
  /** What the classes of outputs are called, where they have names. */
  readonly classes: Readonly<Record<string, ClassNames>>;
  /** What all this takes of the machine's memory, more or less. */
  readonly bytes: number;
}

/** JSON as objects: vocabularies are held as strings and as maps of them. */
const growth = 8;

/**
 * @param key of the object with a job's `DataState`
 * @throws ApiError 404 when there is none; ObjectStoreUnavailableError
 */
export async function loadJobData(store: ObjectStore, key: string): Promise<JobData> {
  const bytes = await store.read(key).catch((error: unknown) => {
    throw error instanceof ObjectNotFoundError ? new ApiError('not_found', 'what the job found out about its data is not in the object storage', { cause: error }) : error;
  });
  const { train } = DataState.parse(JSON.parse(Buffer.from(bytes).toString()));
  return { inputs: train.inputs && (await RawInputs.of(train.inputs, train.fitted)), classes: train.classes ?? {}, bytes: bytes.byteLength * growth };
}

/** @throws ApiError 422 when nothing is kept of how the job's rows are read */
export function rawInputsOf({ inputs }: JobData): RawInputs {
  if (inputs) return inputs;
  throw invalidRequest([{ pointer: '/raw', code: 'invalid_value', detail: "the job was trained before Trainyard kept how rows are read; leave out raw and send the model's inputs, or train it again" }]);
}
