import { SegmentedControl, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { CheckpointSelect, checkpointsKey } from '../choose/checkpoint-select.js';
import { JobSelect } from '../choose/job-select.js';
import { ProblemView } from '../errors/problem-view.js';
import { modelNamesKey } from '../models/model-keys.js';
import { useClient } from '../session/api-context.js';
import { PageHead } from '../shell/page-head.js';
import { PredictForm } from './predict-form.js';
import { trainedOnOfJob, trainedOnOfModel } from './trained-on.js';

/** Predictions for a row that is typed, drawn or dropped: from any checkpoint of any job, or from what answers under a name. */
export function PredictPage() {
  const { model, job } = useSearch({ from: '/predict' });
  const [by, setBy] = useState<'job' | 'name'>(model === undefined ? 'job' : 'name');
  const named = model !== undefined || (by === 'name' && job === undefined);
  const navigate = useNavigate({ from: '/predict' });
  const change = (next: 'job' | 'name'): void => {
    setBy(next);
    void navigate({ search: {}, replace: true });
  };
  return (
    <Stack>
      <PageHead title="Predict" />
      <SegmentedControl w="fit-content" size="xs" aria-label="What predicts" value={named ? 'name' : 'job'} onChange={change} data={[{ value: 'job', label: 'A job’s checkpoint' }, { value: 'name', label: 'A name' }]} />
      {named ? <ByName name={model} /> : <ByJob />}
    </Stack>
  );
}

function ByName({ name }: { name: string | undefined }) {
  const client = useClient();
  const navigate = useNavigate({ from: '/predict' });
  const names = useQuery({ queryKey: modelNamesKey, queryFn: () => client.models.list({ limit: 100 }) });
  const trainedOn = useQuery({ queryKey: ['predict-by', name], enabled: name !== undefined, queryFn: () => trainedOnOfModel(client, name ?? ''), staleTime: 60_000 });
  const options = names.data?.data.map((one) => one.name) ?? [];
  if (name !== undefined && !options.includes(name)) options.unshift(name);
  const error = names.error ?? trainedOn.error;
  return (
    <>
      <div className="predict-choice">
        <Select label="Name" placeholder={names.data?.data.length === 0 ? 'none answers yet' : 'choose a name'} searchable data={options} value={name ?? null} onChange={(value) => void navigate({ search: { model: value ?? undefined }, replace: true })} />
      </div>
      {error !== null && <ProblemView error={error} />}
      {name === undefined ? (
        <Text className="quiet">Choose a name: whatever answers under it is asked, as others ask it.</Text>
      ) : trainedOn.data === undefined ? (
        error === null && <Skeleton h={240} aria-label="Loading" />
      ) : (
        <PredictForm key={name} asked={{ model: name }} {...trainedOn.data} />
      )}
    </>
  );
}

function ByJob() {
  const { job: id, checkpoint } = useSearch({ from: '/predict' });
  const client = useClient();
  const navigate = useNavigate({ from: '/predict' });
  const trainedOn = useQuery({ queryKey: ['predict-from', id], enabled: id !== undefined, queryFn: () => trainedOnOfJob(client, id ?? ''), staleTime: 60_000 });
  const checkpoints = useQuery({ queryKey: checkpointsKey(id ?? ''), enabled: id !== undefined, queryFn: () => client.jobs.checkpoints(id ?? '') });
  const error = trainedOn.error ?? checkpoints.error;
  return (
    <>
      <div className="predict-choice">
        <JobSelect label="Job" value={id ?? null} onChange={(value) => void navigate({ search: { job: value ?? undefined }, replace: true })} />
        <CheckpointSelect label="Checkpoint" job={id ?? null} value={checkpoint ?? null} onChange={(value) => void navigate({ search: { job: id, checkpoint: value ?? undefined }, replace: true })} />
      </div>
      {error !== null && <ProblemView error={error} />}
      {id === undefined ? (
        <Text className="quiet">Choose a job that has a checkpoint: one that has ended, or trains still.</Text>
      ) : trainedOn.data === undefined ? (
        error === null && <Skeleton h={240} aria-label="Loading" />
      ) : checkpoints.data?.data.length === 0 ? (
        <Text className="quiet">This job has no checkpoint yet.</Text>
      ) : (
        <PredictForm key={id} asked={{ job: id, checkpoint }} {...trainedOn.data} />
      )}
    </>
  );
}
