import type { InferenceInput, Job } from '@trainyard/protocol';

/** What a job that evaluates, or predicts for a whole source, is to do, as the form has it. */
export interface InferenceDraft {
  readonly kind: 'evaluate' | 'predict';
  /** Null: `final`, or `latest` while there is none. */
  readonly checkpoint: string | null;
  /** A dataset, or where the files lie. */
  readonly from: 'dataset' | 'uri';
  readonly dataset: string | null;
  readonly uri: string;
  readonly batchSize: number | '';
  readonly name: string;
}

/** To begin with: the data by which the training was validated, or where there was none, trained. */
export function draftFor({ data }: Pick<Job, 'data'>): InferenceDraft {
  const source = data?.validation ?? data?.train;
  const [uri = ''] = [source?.uri ?? []].flat();
  const dataset = source?.dataset ?? null;
  return { kind: 'evaluate', checkpoint: null, from: dataset === null && uri !== '' ? 'uri' : 'dataset', dataset, uri, batchSize: 32, name: '' };
}

/** The body of the request; undefined while something is missing. What it leaves out is as in the job's training. */
export function inferenceBody({ checkpoint, from, dataset, uri, batchSize, name }: InferenceDraft): InferenceInput | undefined {
  const data = from === 'uri' ? (/^(files\/|s3:\/\/).+$/.test(uri) ? { uri } : undefined) : dataset === null ? undefined : { dataset };
  if (data === undefined) return undefined;
  return {
    data,
    ...(checkpoint === null ? {} : { checkpoint }),
    ...(batchSize === '' ? {} : { batch_size: batchSize }),
    ...(name === '' ? {} : { name }),
  };
}
