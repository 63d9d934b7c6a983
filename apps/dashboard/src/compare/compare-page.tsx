import { Alert, Anchor, Button, CloseButton, Group, Paper, Stack, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { isTerminal, type Job } from '@trainyard/protocol';
import { colourOf } from '../charts/colours.js';
import { JobSelect } from '../choose/job-select.js';
import { ProblemView } from '../errors/problem-view.js';
import { formatMetric } from '../format/numbers.js';
import { StatusBadge } from '../job/status-badge.js';
import { jobKey } from '../job/use-job-feed.js';
import { useClient } from '../session/api-context.js';
import { PageHead } from '../shell/page-head.js';
import { ComparedCurves } from './compared-curves.js';
import { SpecDifferences } from './spec-differences.js';

/** More curves over one another cannot be told apart. */
const most = 8;

/** Several jobs beside each other: their curves, and in what they differ. */
export function ComparePage() {
  const client = useClient();
  const navigate = useNavigate({ from: '/compare' });
  const search = useSearch({ from: '/compare' });
  const asked = [...new Set(search.jobs.split(',').filter((id) => id !== ''))];
  const ids = asked.slice(0, most);
  const results = useQueries({
    queries: ids.map((id) => ({ queryKey: jobKey(id), queryFn: () => client.jobs.get(id), refetchInterval: ({ state }: { state: { data: Job | undefined } }) => (state.data !== undefined && isTerminal(state.data.status) ? false : 3_000) })),
  });
  const jobs = results.flatMap(({ data }) => (data === undefined ? [] : [data]));
  const error = results.find((result) => result.error !== null)?.error;
  const show = (next: readonly string[]): void => void navigate({ search: { jobs: next.join(',') }, replace: true });
  return (
    <Stack>
      <PageHead title="Compare">
        {jobs.length > 0 && (
          <Button size="xs" variant="light" renderRoot={(props) => <Link to="/tensorboard" search={{ jobs: ids.join(',') }} target="_blank" {...props} />}>
            TensorBoard
          </Button>
        )}
      </PageHead>
      {asked.length > most && <Alert color="yellow">{most} jobs at most can be told apart; the first {most} of {asked.length} are shown.</Alert>}
      {error !== undefined && error !== null && <ProblemView error={error} />}
      <Group gap="xs">
        {jobs.map((job) => (
          <Paper key={job.id} withBorder px="sm" py={6}>
            <Group gap={8} wrap="nowrap">
              <span className="swatch" style={{ background: colourOf(ids.indexOf(job.id)) }} />
              <div>
                <Anchor size="sm" fw={600} renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: job.id }} {...props} />}>
                  {job.name ?? job.id}
                </Anchor>
                <Text size="xs" className="quiet">
                  …{job.id.slice(-6)} {job.best !== null && `· ${job.best.monitor} ${formatMetric(job.best.value)}`}
                </Text>
              </div>
              <StatusBadge job={job} />
              <CloseButton size="sm" aria-label={`Leave out ${job.name ?? job.id}`} onClick={() => show(ids.filter((id) => id !== job.id))} />
            </Group>
          </Paper>
        ))}
        <JobSelect key={ids.join()} aria-label="A job to add" placeholder="add a job, by its name or id" w={260} value={null} onChange={(id) => id !== null && show([...ids, id])} />
      </Group>
      {jobs.length === 0 ? (
        <Text className="quiet">
          Select jobs in <Anchor renderRoot={(props) => <Link to="/" {...props} />}>the list</Anchor> and press Compare, or add them here.
        </Text>
      ) : (
        <>
          <ComparedCurves jobs={jobs} colours={jobs.map(({ id }) => colourOf(ids.indexOf(id)))} />
          {jobs.length > 1 && <SpecDifferences jobs={jobs} />}
        </>
      )}
    </Stack>
  );
}
