import { Alert, Group, Loader, MultiSelect, Select, Stack, Text, Textarea, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { DatasetResource } from '@trainyard/protocol';
import { useEffect } from 'react';
import { UploadDataset } from '../data/upload-dataset.js';
import { ProblemView } from '../errors/problem-view.js';
import { Remedy } from '../errors/remedy.js';
import { useClient } from '../session/api-context.js';
import { DataPreview } from './data-preview.js';
import type { Draft } from './draft.js';

interface Props {
  readonly draft: Draft;
  readonly onChange: (changes: Partial<Draft>) => void;
  /** Told of the dataset once it has been scanned. */
  readonly onChosen: (dataset: DatasetResource) => void;
}

/** The data: a dataset that is there or a file, its columns, and what they are made into. */
export function DataPart({ draft, onChange, onChosen }: Props) {
  const client = useClient();
  const list = useQuery({ queryKey: ['datasets'], queryFn: () => client.datasets.list({ limit: 100 }) });
  const { data: dataset, error } = useQuery({
    queryKey: ['datasets', draft.dataset],
    enabled: draft.dataset !== null,
    queryFn: () => client.datasets.get(draft.dataset ?? ''),
    refetchInterval: ({ state }) => (state.data?.status === 'scanning' ? 500 : false),
  });
  useEffect(() => {
    if (dataset?.status === 'ready') onChosen(dataset);
  }, [dataset?.id, dataset?.status]);
  const columns = dataset?.scan?.columns.map(({ name }) => name) ?? [];
  const options = list.data?.data.map(({ id, name, status, scan }) => ({ value: id, label: `${name ?? id}${scan === null ? ` (${status})` : `, ${scan.rows.toLocaleString('en')} rows`}` })) ?? [];
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        Data
      </Title>
      <Group align="flex-end">
        <Select className="grows" label="Dataset" placeholder={options.length === 0 ? 'none yet: upload one' : 'choose one'} searchable data={options} value={draft.dataset} onChange={(value) => onChange({ dataset: value, x: [], y: [], transforms: '' })} />
        <UploadDataset onDataset={({ id }) => { void list.refetch(); onChange({ dataset: id, x: [], y: [], transforms: '' }); }} />
      </Group>
      {list.error !== null && <ProblemView error={list.error} />}
      {error !== null && <ProblemView error={error} />}
      {dataset?.status === 'scanning' && (
        <Group gap="xs">
          <Loader size="xs" /> <Text size="sm">A worker looks what is in it.</Text>
        </Group>
      )}
      {dataset?.error && (
        <Alert color="red" title="The data cannot be read">
          {dataset.error.message}
          <Remedy code={dataset.error.code} />
        </Alert>
      )}
      {dataset?.scan && (
        <>
          <DataPreview scan={dataset.scan} targets={draft.y} />
          <Group grow align="flex-start">
            <MultiSelect label="Inputs (x)" data={columns} value={[...draft.x]} onChange={(x) => onChange({ x })} clearable />
            <MultiSelect label="Targets (y)" data={columns} value={[...draft.y]} onChange={(y) => onChange({ y })} clearable />
          </Group>
          <Textarea label="Transforms" description="A JSON list: what the columns are made into, one after the other" autosize minRows={2} maxRows={12} classNames={{ input: 'mono' }} spellCheck={false} value={draft.transforms} onChange={({ currentTarget: { value } }) => onChange({ transforms: value })} />
        </>
      )}
    </Stack>
  );
}
