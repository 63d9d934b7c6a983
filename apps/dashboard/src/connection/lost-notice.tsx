import { Alert } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useConnected } from './connection.js';

/** Above every page, while the server does not answer: how old it is what is shown. */
export function LostNotice() {
  const connected = useConnected();
  const [since, setSince] = useState<Date>();
  useEffect(() => setSince(connected ? undefined : new Date()), [connected]);
  if (connected || since === undefined) return null;
  return (
    <Alert color="orange" mb="md" title={`The server has not answered since ${since.toLocaleTimeString()}`} data-testid="lost">
      What is shown may have changed since. It is asked again every two seconds, and the page goes on by itself when it is back; jobs do not wait for the page.
    </Alert>
  );
}
