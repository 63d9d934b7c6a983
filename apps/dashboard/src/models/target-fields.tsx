import { Group, NumberInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { CheckpointSelect } from '../choose/checkpoint-select.js';
import { JobSelect } from '../choose/job-select.js';
import { formatShare, type TargetDraft } from './alias-draft.js';

interface Props {
  /** What it is called to those who do not see where it stands. */
  readonly label: string;
  readonly target: TargetDraft;
  /** Its part of the requests, from 0 to 1; undefined where it is the only one. */
  readonly share: number | undefined;
  readonly onChange: (target: TargetDraft) => void;
}

/** One of those that are to answer: a checkpoint of a job, or a saved model among the files. */
export function TargetFields({ label, target, share, onChange }: Props) {
  const { kind, job, checkpoint, uri, weight } = target;
  const change = (changes: Partial<TargetDraft>): void => onChange({ ...target, ...changes });
  return (
    <Stack gap="xs" role="group" aria-label={label}>
      <Group gap="sm" justify="space-between">
        <SegmentedControl size="xs" aria-label={`${label}: what answers`} value={kind} onChange={(value) => change({ kind: value })} data={[{ value: 'job', label: 'Checkpoint of a job' }, { value: 'file', label: 'Saved model' }]} />
        {share !== undefined && (
          <Group gap="xs">
            <NumberInput size="xs" w={90} aria-label={`${label}: weight`} min={0} hideControls value={weight} onChange={(value) => change({ weight: typeof value === 'number' ? value : '' })} />
            <Text size="sm" className="numbers">of requests {formatShare(share)}</Text>
          </Group>
        )}
      </Group>
      {kind === 'job' ? (
        <div className="pair">
          <JobSelect label="Job" value={job} onChange={(next) => change({ job: next, checkpoint: null })} />
          <CheckpointSelect label="Checkpoint" job={job} value={checkpoint} onChange={(next) => change({ checkpoint: next })} />
        </div>
      ) : (
        <TextInput label="File" description=".h5 or .keras, a whole model; a copy of it is kept" placeholder="files/model.h5" value={uri} onChange={({ currentTarget: { value } }) => change({ uri: value })} />
      )}
    </Stack>
  );
}
