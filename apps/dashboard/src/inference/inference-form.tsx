import { Button, Group, Modal, NumberInput, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Job } from '@trainyard/protocol';
import { useState, type FormEvent } from 'react';
import { CheckpointSelect } from '../choose/checkpoint-select.js';
import { UploadDataset } from '../data/upload-dataset.js';
import { ProblemView } from '../errors/problem-view.js';
import { useClient } from '../session/api-context.js';
import { useSay } from '../shell/messages.js';
import { draftFor, inferenceBody, type InferenceDraft } from './inference-body.js';
import { inferencesKey } from './inference-keys.js';

/** Applies a checkpoint to a whole source: Keras's evaluate, or its predict. */
export function InferenceForm({ job, onClose }: { job: Job; onClose: () => void }) {
  const client = useClient();
  const queries = useQueryClient();
  const say = useSay();
  const [draft, setDraft] = useState(() => draftFor(job));
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const datasets = useQuery({ queryKey: ['datasets'], queryFn: () => client.datasets.list({ limit: 100 }) });
  const change = (changes: Partial<InferenceDraft>): void => setDraft((before) => ({ ...before, ...changes }));
  const { kind, from } = draft;
  const body = inferenceBody(draft);
  const options = (datasets.data?.data ?? []).map(({ id, name, scan }) => ({ value: id, label: `${name ?? id}${scan === null ? '' : `, ${scan.rows.toLocaleString('en')} rows`}` }));

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (body === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      await (kind === 'evaluate' ? client.jobs.evaluate(job.id, body) : client.jobs.predictSource(job.id, body));
      await queries.invalidateQueries({ queryKey: inferencesKey(job.id) });
      say.success(kind === 'evaluate' ? 'The evaluation is queued' : 'The predictions are queued');
      onClose();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="A checkpoint on a whole source" size="lg" lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <SegmentedControl w="fit-content" size="xs" aria-label="What is done" value={kind} onChange={(value) => change({ kind: value })} data={[{ value: 'evaluate', label: 'Evaluate' }, { value: 'predict', label: 'Predict' }]} />
          <Text size="sm">
            {kind === 'evaluate' ? 'Keras’s evaluate: loss and metrics over all rows.' : 'Keras’s predict: an npz file with an array for each output, to download.'} Columns and transforms are as in the training, with what they learnt there.
          </Text>
          <CheckpointSelect label="Checkpoint" job={job.id} value={draft.checkpoint} onChange={(checkpoint) => change({ checkpoint })} />
          <SegmentedControl w="fit-content" size="xs" aria-label="Where the data is" value={from} onChange={(value) => change({ from: value })} data={[{ value: 'dataset', label: 'A dataset' }, { value: 'uri', label: 'Files' }]} />
          {from === 'dataset' ? (
            <Group align="flex-end">
              <Select className="grows" label="Dataset" placeholder={options.length === 0 ? 'none yet: upload one' : 'choose one'} searchable data={options} value={draft.dataset} onChange={(dataset) => change({ dataset })} />
              <UploadDataset onDataset={({ id }) => { void datasets.refetch(); change({ dataset: id }); }} />
            </Group>
          ) : (
            <TextInput label="URI" description="files/… or s3://bucket/…: a file, a folder (ending in /), or a pattern with *" value={draft.uri} onChange={({ currentTarget: { value } }) => change({ uri: value })} />
          )}
          <Group grow align="flex-start">
            <NumberInput label="Batch size" min={1} allowDecimal={false} value={draft.batchSize} onChange={(value) => change({ batchSize: typeof value === 'number' ? value : '' })} />
            <TextInput label="Name" placeholder="of the job that does it" value={draft.name} onChange={({ currentTarget: { value } }) => change({ name: value })} />
          </Group>
          {error !== undefined && <ProblemView error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={busy} disabled={body === undefined}>
              {kind === 'evaluate' ? 'Evaluate' : 'Predict'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
