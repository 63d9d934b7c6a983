import { Anchor, Badge, Button, Group, Modal, Skeleton, Stack, Table, Text, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { DatasetResource } from '@trainyard/protocol';
import { useState, type FormEvent } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { formatBytes, formatCount } from '../format/numbers.js';
import { formatAge } from '../format/time.js';
import { MoreButton } from '../lists/more-button.js';
import { usePages } from '../lists/use-pages.js';
import { useClient } from '../session/api-context.js';
import { HeadRow } from '../shell/head-row.js';
import { PageHead } from '../shell/page-head.js';
import { UploadDataset } from './upload-dataset.js';

/** Named sources, with what a worker found in them. */
export function DatasetsPage() {
  const client = useClient();
  const navigate = useNavigate();
  const [naming, setNaming] = useState(false);
  const { items: datasets, query } = usePages({
    key: ['datasets', 'all'],
    fetchPage: (position) => client.datasets.list({ limit: 50, ...position }),
    pollMs: (items) => (items.some(({ status }) => status === 'scanning') ? 1_000 : false),
  });
  const open = ({ id }: DatasetResource): void => void navigate({ to: '/datasets/$datasetId', params: { datasetId: id } });
  return (
    <>
      <PageHead title="Datasets">
        <UploadDataset onDataset={open} />
        <Button variant="default" onClick={() => setNaming(true)}>
          From a URI
        </Button>
      </PageHead>
      {query.error !== null && <ProblemView error={query.error} />}
      {query.isPending && query.error === null ? (
        <Skeleton h={160} aria-label="Loading" />
      ) : datasets.length === 0 ? (
        <Text className="quiet">There are no datasets yet. Upload a file (npz, csv, jsonl, parquet, …), or name what lies in files/ or a bucket.</Text>
      ) : (
        <Table.ScrollContainer minWidth={520}>
          <Table verticalSpacing={8} highlightOnHover>
            <HeadRow headings={['Dataset', 'Status', 'Rows', 'Columns', 'Size', 'Age']} />
            <Table.Tbody>
              {datasets.map((dataset) => (
                <Row key={dataset.id} dataset={dataset} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <MoreButton query={query} label="Older ones" mt="sm" />
      {naming && <FromUri onClose={() => setNaming(false)} onDataset={open} />}
    </>
  );
}

const statusColours = { scanning: 'blue', ready: 'teal', failed: 'red' } as const;

function Row({ dataset: { id, name, status, scan, source, created_at, error } }: { dataset: DatasetResource }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor fw={600} size="sm" renderRoot={(props) => <Link to="/datasets/$datasetId" params={{ datasetId: id }} {...props} />}>
          {name ?? id}
        </Anchor>
        <Text size="xs" className="quiet breaks">
          {[source.uri].flat().join(', ')}
        </Text>
      </Table.Td>
      <Table.Td title={error?.message}>
        <Badge variant="light" color={statusColours[status]} className={`status status-${status}`}>{status}</Badge>
      </Table.Td>
      <Table.Td className="numbers">{scan === null ? '–' : formatCount(scan.rows)}</Table.Td>
      <Table.Td className="numbers">{scan === null ? '–' : scan.columns.length}</Table.Td>
      <Table.Td className="numbers">{scan === null ? '–' : formatBytes(scan.bytes)}</Table.Td>
      <Table.Td className="numbers">{formatAge(created_at)}</Table.Td>
    </Table.Tr>
  );
}

/** Asks for where the data lies. */
function FromUri({ onClose, onDataset }: { onClose: () => void; onDataset: (dataset: DatasetResource) => void }) {
  const client = useClient();
  const [uri, setUri] = useState('files/');
  const [name, setName] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    client.datasets.create({ source: { uri }, ...(name === '' ? {} : { name }) }).then(onDataset, (thrown: unknown) => {
      setError(thrown);
      setBusy(false);
    });
  };
  return (
    <Modal opened onClose={onClose} title="A dataset from a URI" lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput label="URI" description="files/… or s3://bucket/…: a file, a folder (ending in /), or a pattern with *" value={uri} onChange={({ currentTarget: { value } }) => setUri(value)} data-autofocus required />
          <TextInput label="Name" value={name} onChange={({ currentTarget: { value } }) => setName(value)} />
          {error !== undefined && <ProblemView error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={busy}>
              Scan
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
