import type { Job, JobKind, Json, JsonObject } from '@trainyard/protocol';

/** Where a snippet sends its request. The key is never in it: it stands in the environment. */
export interface Target {
  /** Of the server, ending in `/`. */
  readonly url: string;
  readonly needsKey: boolean;
}

/** What creates a job: one that trains, or one that applies a checkpoint of a job that has trained to a whole source. */
export type Creation = { readonly kind: 'train'; readonly body: JsonObject } | { readonly kind: Exclude<JobKind, 'train'>; readonly trained: Job['id']; readonly body: JsonObject };

export const languages = ['curl', 'Python', 'TypeScript', 'Command line'] as const;
export type Language = (typeof languages)[number];

/** What creates a job, in a language, to be pasted and run. */
export function createJobSnippet(language: Language, creation: Creation, target: Target): string {
  switch (language) {
    case 'curl':
      return curl(creation, target);
    case 'Python':
      return python(creation, target);
    case 'TypeScript':
      return typeScript(creation, target);
    case 'Command line':
      return commandLine(creation, target);
  }
}

const json = (body: JsonObject): string => JSON.stringify(body, null, 2);
const withoutSlash = (url: string): string => url.replace(/\/$/, '');
const pathOf = (creation: Creation): string => (creation.kind === 'train' ? 'v1/jobs' : `v1/jobs/${creation.trained}/${creation.kind === 'evaluate' ? 'evaluate' : 'predictions'}`);

function curl(creation: Creation, { url, needsKey }: Target): string {
  const key = needsKey ? ' -H "Authorization: Bearer $TRAINYARD_API_KEY"' : '';
  return `curl -sS --fail-with-body${key} -H 'Content-Type: application/json' --data-binary @- '${url}${pathOf(creation)}' <<'JSON'\n${json(creation.body)}\nJSON\n`;
}

/** With Python's own library alone. An apostrophe is written as an escape, so that nothing ends the quotes. */
function python(creation: Creation, { url, needsKey }: Target): string {
  const headers = `{"Content-Type": "application/json"${needsKey ? ', "Authorization": "Bearer " + os.environ["TRAINYARD_API_KEY"]' : ''}}`;
  return `import json
import os
import urllib.request

body = r'''${json(creation.body).replaceAll("'", '\\u0027')}'''
request = urllib.request.Request("${url}${pathOf(creation)}", body.encode(), ${headers})
with urllib.request.urlopen(request) as answer:
    job = json.load(answer)
print(job["id"], job["status"])
`;
}

function typeScript(creation: Creation, { url, needsKey }: Target): string {
  const call = creation.kind === 'train' ? 'create(' : `${creation.kind === 'evaluate' ? 'evaluate' : 'predictSource'}('${creation.trained}', `;
  return `import { Client } from '@trainyard/client';

const client = new Client({ url: '${withoutSlash(url)}'${needsKey ? ', apiKey: process.env.TRAINYARD_API_KEY' : ''} });
const job = await client.jobs.${call}${json(creation.body)});
for await (const event of client.jobs.events(job.id)) console.log(event);
`;
}

/** The command finds the key of a server on its own machine by itself. */
function commandLine(creation: Creation, { url }: Target): string {
  const command = `TRAINYARD_URL=${withoutSlash(url)} npx trainyard`;
  if (creation.kind === 'train') return `${command} train /dev/stdin --follow <<'JSON'\n${json(creation.body)}\nJSON\n`;
  // It takes a source as a file, and of the rest what has an option.
  const { data, checkpoint, batch_size: batchSize, steps } = creation.body;
  const options = [...option('checkpoint', checkpoint), ...option('batch-size', batchSize), ...option('steps', steps)];
  const [verb, source] = creation.kind === 'evaluate' ? ['evaluate', 'source.json'] : ['predict', '--source source.json --output predictions.npz'];
  return `cat > source.json <<'JSON'\n${json(data as JsonObject)}\nJSON\n${command} ${verb} ${creation.trained} ${source} ${options.join(' ')}\n`;
}

const option = (name: string, value: Json | undefined): string[] => (typeof value === 'string' || typeof value === 'number' ? [`--${name} ${value}`] : []);
