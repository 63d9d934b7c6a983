import { Button, Code, Group, Progress, Skeleton, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import type { FileResource } from '@trainyard/protocol';
import { useState } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { formatBytes } from '../format/numbers.js';
import { formatAge, formatTime } from '../format/time.js';
import { MoreButton } from '../lists/more-button.js';
import { usePages } from '../lists/use-pages.js';
import { useApi, useClient } from '../session/api-context.js';
import { Confirm } from '../shell/confirm.js';
import { HeadRow } from '../shell/head-row.js';
import { PageHead } from '../shell/page-head.js';
import { useSay } from '../shell/messages.js';
import { DropPlace } from './drop-place.js';
import { saveDownload } from './save-download.js';
import { uploadFile } from './upload.js';

/** The project's own files: data, models, weights. */
export function FilesPage() {
  const client = useClient();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const [prefix] = useDebouncedValue(typed, 300);
  const { items: files, query } = usePages({
    key: ['files', prefix],
    fetchPage: (position) => client.files.list({ prefix, limit: 200, ...position }),
    keepsBefore: true,
  });
  const refresh = (): void => void queries.invalidateQueries({ queryKey: ['files'] });
  return (
    <Stack>
      <PageHead title="Files" />
      <Uploads onUploaded={refresh} />
      <TextInput aria-label="Files whose path begins with" placeholder="path begins with …" value={typed} onChange={({ currentTarget: { value } }) => setTyped(value)} maw={320} />
      {query.error !== null && <ProblemView error={query.error} />}
      {query.isPending && query.error === null ? (
        <Skeleton h={160} aria-label="Loading" />
      ) : files.length === 0 ? (
        <Text className="quiet">{prefix === '' ? 'There are no files yet.' : 'No path begins like that.'}</Text>
      ) : (
        <Table.ScrollContainer minWidth={620}>
          <Table verticalSpacing={6} highlightOnHover>
            <HeadRow headings={['URI', 'Size', 'Changed']} actions />
            <Table.Tbody>
              {files.map((file) => (
                <Row key={file.path} file={file} onDeleted={refresh} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <MoreButton query={query} label="More" w="fit-content" />
    </Stack>
  );
}

function Row({ file: { path, uri, bytes, modified_at }, onDeleted }: { file: FileResource; onDeleted: () => void }) {
  const client = useClient();
  const say = useSay();
  return (
    <Table.Tr>
      <Table.Td className="mono breaks">{uri}</Table.Td>
      <Table.Td className="numbers">{formatBytes(bytes)}</Table.Td>
      <Table.Td className="numbers" title={formatTime(modified_at)}>{formatAge(modified_at)}</Table.Td>
      <Table.Td>
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <Button size="xs" variant="light" aria-label={`Download ${path}`} onClick={() => void saveDownload(client.files.get(path)).catch((error: unknown) => say.error(`${path} could not be downloaded`, error))}>
            Download
          </Button>
          <Confirm label="Delete" ariaLabel={`Delete ${path}`} question="Delete this file?" explanation={`${uri} will be gone for good; jobs that read it and have not begun will fail.`} onConfirm={() => client.files.delete(path).then(onDeleted, (error: unknown) => say.error(`${path} was not deleted`, error))} />
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

interface Upload {
  readonly name: string;
  /** From 0 to 1. */
  readonly sent: number;
  readonly stop: () => void;
}

/** Uploads that are under way, with how far they are. */
function Uploads({ onUploaded }: { onUploaded: () => void }) {
  const api = useApi();
  const say = useSay();
  const [folder, setFolder] = useState('');
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const uploadOne = async (file: File): Promise<void> => {
    const name = `${folder === '' ? '' : `${folder.replace(/\/+$/, '')}/`}${file.name}`;
    const abort = new AbortController();
    setUploads((all) => [...all, { name, sent: 0, stop: () => abort.abort() }]);
    const progress = (sent: number): void => setUploads((all) => all.map((upload) => (upload.name === name ? { ...upload, sent } : upload)));
    try {
      const { data } = await api.client.files.list({ prefix: name, limit: 1 });
      if (data[0]?.path === name) throw new Error(`files/${name} is there already, and jobs may read it: delete it first, or choose another folder`);
      await uploadFile(api, name, file, progress, abort.signal);
      say.success('Uploaded', `files/${name}`);
      onUploaded();
    } catch (error) {
      if (!abort.signal.aborted) say.error(`${name} was not uploaded`, error);
    } finally {
      setUploads((all) => all.filter((upload) => upload.name !== name));
    }
  };
  const uploadAll = async (files: readonly File[]): Promise<void> => {
    for (const file of files) await uploadOne(file);
  };
  return (
    <Stack gap="xs">
      <DropPlace label="files" hint="They are streamed; their size does not matter." multiple onFiles={(files) => void uploadAll(files)}>
        <Group gap="xs" mt="xs">
          <Text size="sm">Into</Text>
          <Code>files/</Code>
          <TextInput size="xs" aria-label="Folder to upload into" placeholder="folder" value={folder} onChange={({ currentTarget: { value } }) => setFolder(value)} />
        </Group>
      </DropPlace>
      {uploads.map(({ name, sent, stop }) => (
        <Group key={name} gap="sm" wrap="nowrap">
          <Text size="sm" className="mono ends" w={200}>{name}</Text>
          <Progress className="grows" value={sent * 100} aria-label={`Uploaded of ${name}`} />
          <Text size="sm" className="numbers">{Math.round(sent * 100)} %</Text>
          <Button size="compact-xs" variant="subtle" color="red" onClick={stop}>
            Stop
          </Button>
        </Group>
      ))}
    </Stack>
  );
}
