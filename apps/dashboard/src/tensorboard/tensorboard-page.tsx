import { Button, Code, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { ApiProblem } from '@trainyard/client';
import { useEffect } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { Remedy } from '../errors/remedy.js';
import { useApi } from '../session/api-context.js';
import { PageHead } from '../shell/page-head.js';

/**
 * Leads to TensorBoard over the logs of jobs. It is a page of its own, since a link to it can be opened in another tab: the
 * request that it makes gets the cookie without which the server shows no TensorBoard.
 */
export function TensorBoardPage() {
  const { client, url } = useApi();
  const { jobs } = useSearch({ from: '/tensorboard' });
  const ids = jobs.split(',').filter((id) => id !== '');
  const { data: opened, error, refetch } = useQuery({ queryKey: ['tensorboard', jobs], queryFn: () => client.jobs.openTensorBoard(ids), enabled: ids.length > 0, staleTime: 0, gcTime: 0, retry: false });
  useEffect(() => {
    // Below the server's own address, which may have a path before ours.
    if (opened !== undefined) window.location.replace(new URL(opened.url.slice(1), url));
  }, [opened, url]);
  return (
    <Stack>
      <PageHead title="TensorBoard" />
      {ids.length === 0 ? (
        <Text className="quiet">Expected the ids of jobs in the address.</Text>
      ) : error === null ? (
        <Loader aria-label="Loading" />
      ) : (
        <>
          <ProblemView error={error} title="TensorBoard cannot be opened here" />
          {error instanceof ApiProblem && <Remedy code={error.code} />}
          <Text size="sm">
            The event files in one archive: <Code>{`${url}v1/jobs/${ids[0]}/tensorboard?format=tar`}</Code>
          </Text>
          <Button w="fit-content" variant="light" onClick={() => void refetch()}>
            Try again
          </Button>
        </>
      )}
    </Stack>
  );
}
