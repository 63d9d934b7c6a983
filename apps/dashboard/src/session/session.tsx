import { Center, Loader } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, Client, Http } from '@trainyard/client';
import { useMemo, useState, type ReactNode } from 'react';
import { watchedFetch } from '../connection/connection.js';
import { ProblemView } from '../errors/problem-view.js';
import { ApiContext, type Api } from './api-context.js';
import { LogIn } from './log-in.js';
import { storedKey, storeKey } from './stored-key.js';

/** The page may lie below a path of a proxy's. */
const serverUrl = new URL('.', window.location.href.split('#', 1)[0]).href;

/**
 * Gives what is inside a client that the server accepts: with the key that this browser keeps, or asks for, or none where none is needed.
 * With a key that it keeps, the page does not wait for the answer: the first list is asked for at the same time.
 */
export function Session({ children }: { children: ReactNode }) {
  const [apiKey, setApiKey] = useState(storedKey);
  const queries = useQueryClient();
  const { client, http } = useMemo(() => {
    const options = { url: serverUrl, apiKey, fetch: watchedFetch };
    return { client: new Client(options), http: new Http(options) };
  }, [apiKey]);
  const check = useQuery({ queryKey: ['session', apiKey], queryFn: () => client.jobs.list({ limit: 1 }), staleTime: Infinity, retry: (_, error) => !(error instanceof ApiProblem) || error.retryable, retryDelay: 2_000 });

  const changeKey = (key: string | undefined): void => {
    storeKey(key);
    queries.clear();
    setApiKey(key);
  };
  const api = useMemo<Api>(() => ({ client, http, url: serverUrl, apiKey, logOut: () => changeKey(undefined) }), [client, http, apiKey]);

  const trusted = apiKey !== undefined && check.isPending && check.failureReason === null;
  if (check.isSuccess || trusted) return <ApiContext value={api}>{children}</ApiContext>;
  const problem = check.error ?? check.failureReason;
  if (problem instanceof ApiProblem && (problem.status === 401 || problem.status === 403)) return <LogIn refused={apiKey === undefined ? undefined : problem.message} onKey={changeKey} />;
  return (
    <Center mih="100vh" p="md">
      {problem === null ? <Loader aria-label="Loading" /> : <ProblemView error={problem} />}
    </Center>
  );
}
