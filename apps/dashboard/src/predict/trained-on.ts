import type { Client } from '@trainyard/client';
import type { DatasetResource } from '@trainyard/protocol';
import { inputShapesOf, type JobData } from './input-kind.js';

/** What a row for a model is made of. */
export interface TrainedOn {
  /** The data of the job that trained it; undefined for a file that was trained elsewhere. */
  readonly data: JobData | undefined;
  readonly dataset: DatasetResource | undefined;
  /** Of the inputs, without the batch axis; null is any size. */
  readonly shapes: readonly (readonly (number | null)[])[];
}

/** @throws Error for a job that evaluates or predicts */
export async function trainedOnOfJob(client: Client, id: string): Promise<TrainedOn> {
  const [job, layers] = await Promise.all([client.jobs.get(id), client.jobs.layers(id)]);
  const { data } = job;
  if (data === null) throw new Error(`${job.id} has not trained a model; choose ${job.inference?.job ?? 'another job'}`);
  const { dataset: datasetId } = data.train;
  // A dataset may have been deleted since: the job does without, and so do we.
  const dataset = datasetId === undefined ? undefined : await client.datasets.get(datasetId).catch(() => undefined);
  return { data, dataset, shapes: inputShapesOf(layers) };
}

/** All that answer under a name take the same tensors: the first job among them tells what rows are made of. */
export async function trainedOnOfModel(client: Client, name: string): Promise<TrainedOn> {
  const { split } = await client.models.get(name);
  const jobs = split.flatMap(({ job }) => job ?? []);
  const [first] = jobs;
  if (first !== undefined && jobs.length === split.length) return trainedOnOfJob(client, first);
  const { inputs } = await client.models.metadata(name);
  return { data: undefined, dataset: undefined, shapes: inputs.map(({ shape }) => shape.slice(1).map((size) => (size < 0 ? null : size))) };
}
