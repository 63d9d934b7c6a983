import { Button } from '@mantine/core';
import type { Job } from '@trainyard/protocol';
import { useState } from 'react';
import { saveDownload } from '../data/save-download.js';
import { formatBytes } from '../format/numbers.js';
import { useClient } from '../session/api-context.js';
import { useSay } from '../shell/messages.js';

/** Downloads what a job has predicted: an npz archive. */
export function DownloadPredictions({ job: { id, predictions } }: { job: Job }) {
  const client = useClient();
  const say = useSay();
  const [busy, setBusy] = useState(false);
  if (predictions === null) return null;
  const download = async (): Promise<void> => {
    setBusy(true);
    await saveDownload(client.jobs.downloadPredictions(id)).catch((error: unknown) => say.error('The predictions could not be downloaded', error));
    setBusy(false);
  };
  return (
    <Button size="compact-sm" variant="light" loading={busy} onClick={() => void download()}>
      Download, {formatBytes(predictions.bytes)}
    </Button>
  );
}
