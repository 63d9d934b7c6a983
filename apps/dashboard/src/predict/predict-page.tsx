import { Select, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ProblemView } from '../errors/problem-view.js';
import { useClient } from '../session/api-context.js';
import { PageHead } from '../shell/page-head.js';
import { jobKey } from '../job/use-job-feed.js';
import { PredictForm } from './predict-form.js';

/** Predictions for a row that is typed, drawn or dropped, from any checkpoint of any job. */
export function PredictPage() {
  const { job: id, checkpoint } = useSearch({ from: '/predict' });
  const client = useClient();
  const navigate = useNavigate({ from: '/predict' });
  const list = useQuery({ queryKey: ['predictable-jobs'], queryFn: () => client.jobs.list({ kind: 'train', limit: 100 }) });
  const chosen = useQuery({
    queryKey: ['predict-from', id],
    enabled: id !== undefined,
    queryFn: async () => {
      const jobId = id ?? '';
      const [job, layers] = await Promise.all([client.jobs.get(jobId), client.jobs.layers(jobId)]);
      const { data } = job;
      if (data === null) throw new Error(`${job.id} has not trained a model; choose ${job.inference?.job ?? 'another job'}`);
      const { dataset: datasetId } = data.train;
      // A dataset may have been deleted since: the job does without, and so do we.
      const dataset = datasetId === undefined ? undefined : await client.datasets.get(datasetId).catch(() => undefined);
      return { job, data, layers, dataset };
    },
    staleTime: 60_000,
  });
  const checkpoints = useQuery({ queryKey: ['jobs', id, 'checkpoints'], enabled: id !== undefined, queryFn: () => client.jobs.checkpoints(id ?? '') });
  const options = (list.data?.data ?? []).map((job) => ({ value: job.id, label: `${job.name ?? job.model.name} · ${job.status} · …${job.id.slice(-6)}` }));
  if (id !== undefined && !options.some(({ value }) => value === id)) options.unshift({ value: id, label: chosen.data?.job.name ?? id });
  const refs = (checkpoints.data?.data ?? []).toReversed().map((one) => ({ value: one.id, label: [one.filename, ...one.labels].join(' · ') }));
  const error = list.error ?? chosen.error ?? checkpoints.error;
  return (
    <Stack>
      <PageHead title="Predict" />
      <div className="predict-choice">
        <Select label="Job" placeholder="choose a job" searchable data={options} value={id ?? null} onChange={(value) => void navigate({ search: { job: value ?? undefined, checkpoint: undefined }, replace: true })} />
        <Select label="Checkpoint" placeholder="final, or the latest" clearable disabled={id === undefined} data={refs} value={refs.some(({ value }) => value === checkpoint) ? (checkpoint ?? null) : null} onChange={(value) => void navigate({ search: { job: id, checkpoint: value ?? undefined }, replace: true })} />
      </div>
      {error !== null && <ProblemView error={error} />}
      {id === undefined ? (
        <Text className="quiet">Choose a job that has a checkpoint: one that has ended, or trains still.</Text>
      ) : chosen.data === undefined ? (
        chosen.error === null && <Skeleton h={240} aria-label="Loading" />
      ) : checkpoints.data?.data.length === 0 ? (
        <Text className="quiet">This job has no checkpoint yet.</Text>
      ) : (
        <PredictForm key={jobKey(id).join()} {...chosen.data} checkpoint={checkpoint} />
      )}
    </Stack>
  );
}
