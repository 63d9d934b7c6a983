import { Alert, Button, Code, Group, Loader, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ProblemView } from '../errors/problem-view.js';
import { Remedy } from '../errors/remedy.js';
import { useClient } from '../session/api-context.js';
import { Confirm } from '../shell/confirm.js';
import { PageHead } from '../shell/page-head.js';
import { useSay } from '../shell/messages.js';
import { ScanView } from './scan-view.js';

/** One dataset: what is in it. */
export function DatasetPage() {
  const { datasetId: id } = useParams({ from: '/datasets/$datasetId' });
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const say = useSay();
  const { data: dataset, error } = useQuery({ queryKey: ['datasets', id], queryFn: () => client.datasets.get(id), refetchInterval: ({ state }) => (state.data?.status === 'scanning' ? 500 : false) });
  if (dataset === undefined) return error === null ? <Skeleton h={200} aria-label="Loading" /> : <ProblemView error={error} />;
  const remove = async (): Promise<void> => {
    try {
      await client.datasets.delete(id);
      await queries.invalidateQueries({ queryKey: ['datasets'], refetchType: 'none' });
      await navigate({ to: '/datasets' });
    } catch (thrown) {
      say.error('The dataset was not deleted', thrown);
    }
  };
  return (
    <Stack>
      <PageHead title={dataset.name ?? id}>
        <Button size="xs" disabled={dataset.status !== 'ready'} renderRoot={(props) => <Link to="/new" search={{ dataset: id }} {...props} />}>
          Train on it
        </Button>
        <Confirm label="Delete" question="Delete this dataset?" explanation="Its files stay, and jobs that named it keep its source." onConfirm={remove} />
      </PageHead>
      <Group gap="xs" mt={-12}>
        <Code>{id}</Code>
        <Text size="sm" className="quiet breaks">
          {[dataset.source.uri].flat().join(', ')}
        </Text>
      </Group>
      {dataset.status === 'scanning' && (
        <Group gap="xs">
          <Loader size="xs" /> <Text size="sm">A worker looks what is in it.</Text>
        </Group>
      )}
      {dataset.error !== null && (
        <Alert color="red" title={`Failed: ${dataset.error.code}`}>
          <Text size="sm">{dataset.error.message}</Text>
          <Remedy code={dataset.error.code} />
        </Alert>
      )}
      {dataset.scan !== null && <ScanView scan={dataset.scan} />}
    </Stack>
  );
}
