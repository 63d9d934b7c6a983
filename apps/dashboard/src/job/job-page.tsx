import { Alert, Anchor, Badge, Code, Group, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { isTerminal, type Job } from '@trainyard/protocol';
import { ProblemView } from '../errors/problem-view.js';
import { Remedy } from '../errors/remedy.js';
import { InferencesTab } from '../inference/inferences-tab.js';
import { ResultTab } from '../inference/result-tab.js';
import { useClient } from '../session/api-context.js';
import { PageHead } from '../shell/page-head.js';
import { ActionButtons } from './action-buttons.js';
import { AttemptsTab } from './attempts-tab.js';
import { CheckpointsTab } from './checkpoints-tab.js';
import { ConfigurationTab } from './configuration-tab.js';
import { CurvesTab } from './curves-tab.js';
import { EventsTab } from './events-tab.js';
import { JobFacts } from './job-facts.js';
import { LogsTab } from './logs-tab.js';
import { ModelTab } from './model-tab.js';
import { ResourcesTab } from './resources/resources-tab.js';
import { jobTabs, tabsOf } from './tabs.js';
import { jobKey, useJobFeed } from './use-job-feed.js';

/** One job, live. */
export function JobPage() {
  const { jobId } = useParams({ from: '/jobs/$jobId' });
  return <JobView key={jobId} id={jobId} />;
}

function JobView({ id }: { id: string }) {
  const client = useClient();
  const navigate = useNavigate({ from: '/jobs/$jobId' });
  const { tab: asked } = useSearch({ from: '/jobs/$jobId' });
  const query = useQuery({ queryKey: jobKey(id), queryFn: ({ signal }) => client.jobs.get(id, { signal }), refetchInterval: ({ state }) => (state.data !== undefined && isTerminal(state.data.status) ? false : 10_000) });
  const { data: job } = query;
  const feed = useJobFeed(id, job?.status);

  if (job === undefined) return query.error === null ? <Skeleton h={300} aria-label="Loading" /> : <ProblemView error={query.error} />;
  const tabs = tabsOf(job.kind);
  const tab = tabs.find((name) => name === asked) ?? tabs[0] ?? null;
  return (
    <Stack gap="md">
      <div>
        <PageHead title={job.name ?? job.model.name}>
          <ActionButtons job={job} />
        </PageHead>
        <Group gap="xs" mt={-8}>
          <Code>{id}</Code>
          {job.kind !== 'train' && <Badge variant="light" color="gray" className="status">{job.kind}</Badge>}
          {Object.entries(job.metadata).map(([key, value]) => (
            <Badge key={key} variant="outline" color="gray" tt="none">
              {key}={value}
            </Badge>
          ))}
        </Group>
      </div>
      {query.error !== null && <ProblemView error={query.error} />}
      {feed.error !== undefined && <ProblemView error={feed.error} title="The events of this job cannot be followed" />}
      <JobFacts job={job} />
      <Failure job={job} />
      <Tabs value={tab} onChange={(value) => void navigate({ search: { tab: jobTabs.find((known) => known === value) }, replace: true })} keepMounted={false}>
        <Tabs.List className="scrolls">
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {name[0]?.toUpperCase()}
              {name.slice(1)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="curves" pt="md"><CurvesTab job={job} /></Tabs.Panel>
        <Tabs.Panel value="result" pt="md"><ResultTab job={job} /></Tabs.Panel>
        <Tabs.Panel value="checkpoints" pt="md"><CheckpointsTab job={job} /></Tabs.Panel>
        <Tabs.Panel value="evaluations" pt="md"><InferencesTab job={job} /></Tabs.Panel>
        <Tabs.Panel value="model" pt="md"><ModelTab id={job.inference?.job ?? id} /></Tabs.Panel>
        <Tabs.Panel value="configuration" pt="md"><ConfigurationTab job={job} /></Tabs.Panel>
        <Tabs.Panel value="events" pt="md"><EventsTab events={feed.events} /></Tabs.Panel>
        <Tabs.Panel value="logs" pt="md"><LogsTab id={id} live={!isTerminal(job.status)} /></Tabs.Panel>
        <Tabs.Panel value="attempts" pt="md"><AttemptsTab job={job} events={feed.events} /></Tabs.Panel>
        <Tabs.Panel value="resources" pt="md"><ResourcesTab job={job} /></Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

/** Why it failed, and what to do; also what it was warned of. */
function Failure({ job: { status, error, warnings, continued } }: { job: Job }) {
  return (
    <>
      {error !== null && (
        <Alert color={status === 'failed' ? 'red' : 'orange'} title={`${status === 'failed' ? 'Failed' : 'Its last attempt met'}: ${error.code}`} className="breaks">
          <Text size="sm">
            {error.pointer !== null && <Code mr={6}>{error.pointer}</Code>}
            {error.message}
          </Text>
          <Remedy code={error.code} />
        </Alert>
      )}
      {warnings.length > 0 && (
        <Alert color="yellow" title={warnings.length === 1 ? 'A warning' : `${warnings.length} warnings`} className="breaks">
          {warnings.map(({ pointer, detail }) => (
            <Text size="sm" key={`${pointer} ${detail}`}>
              <Code mr={6}>{pointer}</Code>
              {detail}
            </Text>
          ))}
        </Alert>
      )}
      {continued !== null && (
        <Text size="sm">
          Goes on from{' '}
          <Anchor size="sm" renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: continued.job }} {...props} />}>
            {continued.job}
          </Anchor>
        </Text>
      )}
    </>
  );
}
