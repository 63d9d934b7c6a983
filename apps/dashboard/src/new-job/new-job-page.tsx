import { Alert, Button, Grid, Group, Skeleton, Stack, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { DatasetResource, JsonObject } from '@trainyard/protocol';
import { useEffect, useState } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { useClient } from '../session/api-context.js';
import { PageHead } from '../shell/page-head.js';
import { useSay } from '../shell/messages.js';
import { requestOf } from '@trainyard/client';
import { DataPart } from './data-part.js';
import { bodyOf, emptyDraft, modelField, parseJson, type Draft, type GivenModel } from './draft.js';
import { ModelPart } from './model-part.js';
import { lastActivation, suggest } from './suggest.js';
import { TrainingPart } from './training-part.js';
import { Verdict } from './verdict.js';

/** A job, put together in a form or as the JSON that the API takes, and checked while one types. */
export function NewJobPage() {
  const { like, dataset } = useSearch({ from: '/new' });
  const client = useClient();
  const start = useQuery({
    queryKey: ['new-job-like', like],
    enabled: like !== undefined,
    staleTime: Infinity,
    queryFn: async () => {
      const id = like ?? '';
      const [job, model] = await Promise.all([client.jobs.get(id), client.jobs.model(id)]);
      return requestOf(job, JSON.parse(model) as JsonObject);
    },
  });
  if (like !== undefined && start.data === undefined) return start.error === null ? <Skeleton h={300} aria-label="Loading" /> : <ProblemView error={start.error} />;
  return <NewJob key={like} text={start.data === undefined ? undefined : JSON.stringify(start.data, null, 2)} dataset={dataset} />;
}

function NewJob({ text, dataset }: { text: string | undefined; dataset: string | undefined }) {
  const client = useClient();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const say = useSay();
  const [model, setModel] = useState<GivenModel>();
  const [draft, setDraft] = useState<Draft>({ ...emptyDraft, dataset: dataset ?? null });
  const [json, setJson] = useState(text);
  const [chosen, setChosen] = useState<DatasetResource>();
  const [creating, setCreating] = useState(false);
  const change = (changes: Partial<Draft>): void => setDraft((before) => ({ ...before, ...changes }));
  /** What the user has set: a suggestion that comes later, once data has been scanned, does not take its place. */
  const [chosenFields, setChosenFields] = useState<ReadonlySet<string>>(new Set());
  const changeByHand = (changes: Partial<Draft>): void => {
    setChosenFields((before) => new Set([...before, ...Object.keys(changes)]));
    change(changes);
  };

  const activation = lastActivation(modelField(model));
  // What is suggested depends on both, whichever comes last; other changes of the model leave what the user chose.
  useEffect(() => {
    const scan = chosen?.scan;
    if (scan !== undefined && scan !== null) change(Object.fromEntries(Object.entries(suggest(model, scan)).filter(([field]) => !chosenFields.has(field))));
  }, [chosen?.id, chosen?.status, activation]);

  const parsed = json === undefined ? undefined : parseJson(json);
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  const body = json === undefined ? bodyOf(model, draft) : isObject ? parsed : undefined;
  const [settled] = useDebouncedValue(JSON.stringify(body), 400);
  /** Of data without a model there is nothing to say. */
  const checkable = settled !== undefined && settled !== '{}' && (json !== undefined || model !== undefined);
  const verdict = useQuery({ queryKey: ['validate', settled], enabled: checkable, queryFn: () => client.validate(JSON.parse(settled ?? '{}') as JsonObject), placeholderData: (before) => before, staleTime: Infinity });
  const whole = body !== undefined && 'data' in body && 'model' in body;

  const create = async (): Promise<void> => {
    if (body === undefined) return;
    setCreating(true);
    try {
      const job = await client.jobs.create(body);
      queries.setQueryData(['jobs', job.id, 'job'], job);
      say.success('The job was created', job.name ?? job.id);
      await navigate({ to: '/jobs/$jobId', params: { jobId: job.id } });
    } catch (error) {
      say.error('The job was not created', error);
      setCreating(false);
    }
  };

  return (
    <>
      <PageHead title="New job">
        {json === undefined ? (
          <Button variant="default" size="xs" onClick={() => setJson(JSON.stringify(body ?? {}, null, 2))}>
            Edit as JSON
          </Button>
        ) : (
          <Button variant="default" size="xs" onClick={() => setJson(undefined)}>
            Back to the form
          </Button>
        )}
      </PageHead>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          {json === undefined ? (
            <Stack gap="lg">
              <ModelPart model={model} onModel={(next) => { setModel(next); change({ compiled: next?.kind === 'file' }); }} />
              <DataPart draft={draft} onChange={change} onChosen={setChosen} />
              <TrainingPart draft={draft} fromFile={model?.kind === 'file'} onChange={changeByHand} />
            </Stack>
          ) : (
            <Textarea label="The body of POST /v1/jobs" autosize minRows={20} maxRows={40} classNames={{ input: 'mono' }} spellCheck={false} value={json} onChange={({ currentTarget: { value } }) => setJson(value)} error={isObject ? undefined : 'expected a JSON object'} />
          )}
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack className="sticky">
            {!checkable ? <Alert color="gray" title="Nothing to check yet">Give a model to begin with; data and training arguments follow.</Alert> : <Verdict validation={verdict.data} error={verdict.error} whole={whole} />}
            <Group>
              <Button disabled={!whole || verdict.data?.valid !== true || settled !== JSON.stringify(body)} loading={creating} onClick={() => void create()}>
                Create the job
              </Button>
            </Group>
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}
