import { Button, FileButton, Progress, Stack, Text } from '@mantine/core';
import type { DatasetResource } from '@trainyard/protocol';
import { useState } from 'react';
import { useApi } from '../session/api-context.js';
import { useSay } from '../shell/messages.js';
import { newFolder, uploadFile } from './upload.js';

/** Uploads a file of data, and makes a dataset of it, which a worker then scans. */
export function UploadDataset({ onDataset }: { onDataset: (dataset: DatasetResource) => void }) {
  const api = useApi();
  const say = useSay();
  const [sent, setSent] = useState<number>();
  const take = async (file: File | null): Promise<void> => {
    if (file === null) return;
    try {
      setSent(0);
      const { uri } = await uploadFile(api, `${newFolder()}/${file.name}`, file, setSent);
      onDataset(await api.client.datasets.create({ name: file.name, source: { uri } }));
    } catch (error) {
      say.error(`${file.name} did not become a dataset`, error);
    } finally {
      setSent(undefined);
    }
  };
  return (
    <Stack gap={4}>
      <FileButton onChange={(file) => void take(file)} accept=".npz,.npy,.csv,.tsv,.jsonl,.ndjson,.h5,.hdf5,.tfrecord,.parquet,.gz" inputProps={{ 'aria-label': 'Choose a file of data' }}>
        {(props) => (
          <Button variant="light" loading={sent !== undefined} {...props}>
            Upload data
          </Button>
        )}
      </FileButton>
      {sent !== undefined && (
        <>
          <Progress value={sent * 100} aria-label="Uploaded" />
          <Text size="xs" className="quiet">{Math.round(sent * 100)} %</Text>
        </>
      )}
    </Stack>
  );
}
