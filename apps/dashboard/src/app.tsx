import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ApiProblem, ConnectionError } from '@trainyard/client';
import { useState } from 'react';
import { router } from './router.js';
import { Messages } from './shell/messages.js';
import { Session } from './session/session.js';
import { strongerLetters, styleNonce, theme } from './theme.js';

/** A query is asked again when that may help: the client has tried twice already where the connection failed. */
const retry = (failures: number, error: Error): boolean => (error instanceof ApiProblem ? error.retryable && failures < 3 : !(error instanceof ConnectionError) && failures < 1);

export function App() {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry, staleTime: 1_000, refetchOnWindowFocus: true, networkMode: 'always' }, mutations: { networkMode: 'always' } } }));
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={strongerLetters} getStyleNonce={styleNonce}>
      <QueryClientProvider client={queries}>
        <Messages>
          <Session>
            <RouterProvider router={router} />
          </Session>
        </Messages>
      </QueryClientProvider>
    </MantineProvider>
  );
}
