import { Button, Chip, Group, NativeSelect, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { JobKind, jobStatuses } from '@trainyard/protocol';
import { useMemo, useRef, useState } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { PageHead } from '../shell/page-head.js';
import { BulkBar } from './bulk-bar.js';
import { parseMetadata, toFilter, type JobsSearch } from './filter.js';
import { JobTable } from './job-table.js';
import { useJobRows } from './use-job-rows.js';

const kinds = [{ value: 'train', label: 'trainings' }, { value: 'evaluate', label: 'evaluations' }, { value: 'predict', label: 'predictions' }];

/** All jobs, the newest first. */
export function JobsPage() {
  const search = useSearch({ from: '/' });
  const filter = useMemo(() => toFilter(search), [search]);
  const list = useJobRows(filter);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const chosen = useMemo(() => list.jobs.filter(({ id }) => selected.has(id)), [list.jobs, selected]);
  return (
    <Stack gap="sm" className="fills">
      <PageHead title="Jobs">
        <Button renderRoot={(props) => <Link to="/new" {...props} />}>New job</Button>
      </PageHead>
      <Filters search={search} />
      {list.error !== null && <ProblemView error={list.error} />}
      <BulkBar jobs={chosen} onClear={() => setSelected(new Set())} onChanged={list.update} onDeleted={list.remove} />
      {list.loading && list.error === null ? (
        <Stack gap={6} aria-label="Loading">{Array.from({ length: 8 }, (_, row) => <Skeleton key={row} h={44} />)}</Stack>
      ) : list.jobs.length === 0 && list.error === null ? (
        <Nothing filtered={Object.keys(filter).length > 0} />
      ) : (
        <JobTable list={list} selected={selected} onSelect={setSelected} />
      )}
    </Stack>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) return <Text className="quiet">No job is like that.</Text>;
  return (
    <Stack align="flex-start" gap="xs" mt="xl">
      <Text>There are no jobs yet.</Text>
      <Text className="quiet">A job is a Keras model, data, and how to train it. Begin here, or with the command line: trainyard train.</Text>
      <Button variant="light" renderRoot={(props) => <Link to="/new" {...props} />}>
        Create the first job
      </Button>
    </Stack>
  );
}

function Filters({ search }: { search: JobsSearch }) {
  const navigate = useNavigate({ from: '/' });
  const [name, setName] = useState(search.name ?? '');
  const [metadata, setMetadata] = useState(search.metadata ?? '');
  const nameInput = useRef<HTMLInputElement>(null);
  const change = (changes: Partial<JobsSearch>): void => void navigate({ search: (before) => ({ ...before, ...changes }), replace: true });
  const changeSoon = useDebouncedCallback(change, 300);
  useHotkeys([['/', () => nameInput.current?.focus()]]);
  return (
    <Group gap="sm" align="flex-start">
      <TextInput ref={nameInput} aria-label="Search by name" placeholder="Name  ( / )" value={name} w={{ base: '100%', xs: 160 }} onChange={({ currentTarget: { value } }) => { setName(value); changeSoon({ name: value === '' ? undefined : value }); }} />
      <TextInput aria-label="Filter by metadata" placeholder="team=nlp, stage=final" value={metadata} w={{ base: '100%', xs: 180 }} error={parseMetadata(metadata) === undefined ? 'expected key=value' : undefined} onChange={({ currentTarget: { value } }) => { setMetadata(value); if (parseMetadata(value) !== undefined) changeSoon({ metadata: value === '' ? undefined : value }); }} />
      <NativeSelect aria-label="Kind" w={{ base: '100%', xs: 130 }} value={search.kind ?? 'train'} onChange={({ currentTarget: { value } }) => change({ kind: value === 'train' ? undefined : JobKind.safeParse(value).data })} data={kinds} />
      <Chip.Group multiple value={search.status ?? []} onChange={(status) => change({ status: status.length === 0 ? undefined : (status) })}>
        <Group gap={6} pt={4}>
          {jobStatuses.map((status) => (
            <Chip key={status} value={status} size="xs" variant="light">
              {status}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Group>
  );
}
