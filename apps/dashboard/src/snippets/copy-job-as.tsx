import { Menu } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import type { Job, JsonObject } from '@trainyard/protocol';
import { useApi } from '../session/api-context.js';
import { useSay } from '../shell/messages.js';
import { inferenceRequestOf, requestOf, type Client } from '@trainyard/client';
import { createJobSnippet, languages, type Creation, type Language } from './create-job.js';

/** Entries of a menu that copy what creates this job once more. */
export function CopyJobAs({ job }: { job: Job }) {
  const { client, url, apiKey } = useApi();
  const { copy } = useClipboard();
  const say = useSay();
  const copyAs = async (language: Language): Promise<void> => {
    try {
      if (!window.isSecureContext) throw new Error('Browsers let pages copy over https, and on this machine.');
      copy(createJobSnippet(language, await creationOf(client, job), { url, needsKey: apiKey !== undefined }));
      say.success(`Copied: ${language}`, 'It creates this job once more.');
    } catch (error) {
      say.error('It could not be copied', error);
    }
  };
  return (
    <>
      <Menu.Label>Copy, to create it once more</Menu.Label>
      {languages.map((language) => (
        <Menu.Item key={language} onClick={() => void copyAs(language)}>
          {language}
        </Menu.Item>
      ))}
    </>
  );
}

async function creationOf(client: Client, job: Job): Promise<Creation> {
  const { kind, inference } = job;
  if (kind === 'train' || inference === null) return { kind: 'train', body: requestOf(job, JSON.parse(await client.jobs.model(job.id)) as JsonObject) };
  return { kind, trained: inference.job, body: inferenceRequestOf(job) ?? {} };
}
