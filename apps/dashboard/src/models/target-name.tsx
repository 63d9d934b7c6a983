import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ModelVersion } from '@trainyard/protocol';
import { jobKey } from '../job/use-job-feed.js';
import { useClient } from '../session/api-context.js';

export type Target = Omit<ModelVersion['split'][number], 'weight'>;

/** `final.h5 of digits`, with the way to the job; or the file that was copied. */
export function TargetName({ target: { job, filename, uri } }: { target: Target }) {
  const client = useClient();
  const { data } = useQuery({ queryKey: jobKey(job ?? ''), enabled: job !== null, queryFn: () => client.jobs.get(job ?? ''), staleTime: 30_000 });
  if (job === null) return <span className="breaks">{uri ?? filename}, a copy</span>;
  return (
    <span className="breaks">
      {filename} of{' '}
      <Anchor inherit renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: job }} search={{ tab: 'checkpoints' }} {...props} />}>
        {data?.name ?? `…${job.slice(-6)}`}
      </Anchor>
    </span>
  );
}
