import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ResolvedSource } from '@trainyard/protocol';
import { useClient } from '../session/api-context.js';

/** The dataset that a source is, with the way to it; or where its files are. */
export function SourceName({ source: { dataset, uri } }: { source: ResolvedSource }) {
  const client = useClient();
  const { data } = useQuery({ queryKey: ['datasets', dataset], enabled: dataset !== undefined, queryFn: () => client.datasets.get(dataset ?? ''), staleTime: 60_000, retry: false });
  if (data === undefined) return <Text span size="sm" className="breaks">{[uri].flat().join(', ')}</Text>;
  return (
    <Anchor size="sm" className="breaks" renderRoot={(props) => <Link to="/datasets/$datasetId" params={{ datasetId: data.id }} {...props} />}>
      {data.name ?? data.id}
    </Anchor>
  );
}
