import { Button, Group, Menu, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Job } from '@trainyard/protocol';
import { useState } from 'react';
import { useClient } from '../session/api-context.js';
import { useSay } from '../shell/messages.js';
import { CopyJobAs } from '../snippets/copy-job-as.js';
import { canContinue, jobActions, type JobAction } from './actions.js';
import { jobKey } from './use-job-feed.js';

/** What one seldom wants, and cannot take back. */
const inMenu: ReadonlySet<JobAction['name']> = new Set(['kill', 'delete'] as const);

/** What can be done to a job as it is now, and what can be made of it. */
export function ActionButtons({ job }: { job: Job }) {
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const say = useSay();
  const [asked, setAsked] = useState<JobAction>();
  const [busy, setBusy] = useState<string>();
  const [continues, setContinues] = useState(false);

  const carryOut = async (action: JobAction): Promise<void> => {
    setBusy(action.name);
    try {
      const after = await action.run(client, job.id);
      say.success(`${action.label}: ${job.name ?? job.id}`);
      if (after === undefined) await navigate({ to: '/' });
      else queries.setQueryData(jobKey(job.id), after);
    } catch (error) {
      say.error(`${action.label} was refused`, error);
      await queries.invalidateQueries({ queryKey: jobKey(job.id) });
    } finally {
      setBusy(undefined);
      setAsked(undefined);
    }
  };

  const allowed = jobActions.filter((action) => action.allowed(job));
  return (
    <Group gap="xs">
      {allowed.filter(({ name }) => !inMenu.has(name)).map((action) => (
        <Button key={action.name} size="xs" variant="light" color={action.name === 'cancel' ? 'red' : 'indigo'} title={action.explanation} loading={busy === action.name} onClick={() => (action.asks ? setAsked(action) : void carryOut(action))}>
          {action.label}
        </Button>
      ))}
      {canContinue(job) && (
        <Button size="xs" variant="light" onClick={() => setContinues(true)}>
          Continue
        </Button>
      )}
      {job.progress !== null && (
        <Button size="xs" variant="light" renderRoot={(props) => <Link to="/predict" search={job.inference === null ? { job: job.id } : { job: job.inference.job, checkpoint: job.inference.checkpoint }} {...props} />}>
          Predict
        </Button>
      )}
      {job.kind === 'train' && job.started_at !== null && (
        <Button size="xs" variant="light" renderRoot={(props) => <Link to="/tensorboard" search={{ jobs: job.id }} target="_blank" {...props} />}>
          TensorBoard
        </Button>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="xs" variant="default" aria-label="More">
            More ▾
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {job.kind === 'train' && (
            <>
              <Menu.Item renderRoot={(props) => <Link to="/new" search={{ like: job.id }} {...props} />}>New job like this one</Menu.Item>
              <Menu.Item renderRoot={(props) => <Link to="/compare" search={{ jobs: job.id }} {...props} />}>Compare with others</Menu.Item>
            </>
          )}
          {allowed.filter(({ name }) => inMenu.has(name)).map((action) => (
            <Menu.Item key={action.name} color="red" onClick={() => setAsked(action)}>
              {action.label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <CopyJobAs job={job} />
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asked !== undefined} onClose={() => setAsked(undefined)} title={asked === undefined ? '' : `${asked.label} this job?`} lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
        {asked !== undefined && (
          <Stack>
            <Text size="sm">{asked.explanation}</Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setAsked(undefined)}>
                Back
              </Button>
              <Button color={asked.name === 'stop' ? 'indigo' : 'red'} loading={busy !== undefined} onClick={() => void carryOut(asked)} data-autofocus>
                {asked.label}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
      {continues && <ContinueDialog job={job} onClose={() => setContinues(false)} />}
    </Group>
  );
}

/** Asks for how many epochs in all a job that goes on from this one is to have. */
function ContinueDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const client = useClient();
  const navigate = useNavigate();
  const say = useSay();
  const trained = job.progress?.epoch ?? 0;
  const [epochs, setEpochs] = useState<string | number>(trained + Math.max(1, (job.fit ?? job.fit_generator)?.epochs ?? 1));
  const [busy, setBusy] = useState(false);
  const create = async (): Promise<void> => {
    setBusy(true);
    try {
      const next = await client.jobs.continue(job.id, { epochs: Number(epochs) });
      onClose();
      await navigate({ to: '/jobs/$jobId', params: { jobId: next.id } });
    } catch (error) {
      say.error('The job cannot be continued', error);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Continue with more epochs" lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Text size="sm">Makes a new job that goes on from the final checkpoint of this one: weights, optimizer state, learning rate. Keras's epochs count from the beginning; {trained} have been trained.</Text>
        <NumberInput label="Epochs, in all" min={trained + 1} allowDecimal={false} value={epochs} onChange={setEpochs} data-autofocus />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button loading={busy} disabled={typeof epochs !== 'number' || epochs <= trained} onClick={() => void create()}>
            Continue
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
