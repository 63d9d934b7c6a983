import type { JsonObject } from '@trainyard/protocol';

/** Where a snippet sends its request. The key is never in it: it stands in the environment. */
export interface Target {
  /** Of the server, ending in `/`. */
  readonly url: string;
  readonly needsKey: boolean;
}

export const languages = ['curl', 'Python', 'TypeScript', 'Command line'] as const;
export type Language = (typeof languages)[number];

/** What creates a job with this body, in a language, to be pasted and run. */
export function createJobSnippet(language: Language, body: JsonObject, target: Target): string {
  switch (language) {
    case 'curl':
      return curl(body, target);
    case 'Python':
      return python(body, target);
    case 'TypeScript':
      return typeScript(body, target);
    case 'Command line':
      return commandLine(body, target);
  }
}

const json = (body: JsonObject): string => JSON.stringify(body, null, 2);
const withoutSlash = (url: string): string => url.replace(/\/$/, '');

function curl(body: JsonObject, { url, needsKey }: Target): string {
  const key = needsKey ? ' -H "Authorization: Bearer $TRAINYARD_API_KEY"' : '';
  return `curl -sS --fail-with-body${key} -H 'Content-Type: application/json' --data-binary @- '${url}v1/jobs' <<'JSON'\n${json(body)}\nJSON\n`;
}

/** With Python's own library alone. An apostrophe is written as an escape, so that nothing ends the quotes. */
function python(body: JsonObject, { url, needsKey }: Target): string {
  const headers = `{"Content-Type": "application/json"${needsKey ? ', "Authorization": "Bearer " + os.environ["TRAINYARD_API_KEY"]' : ''}}`;
  return `import json
import os
import urllib.request

body = r'''${json(body).replaceAll("'", '\\u0027')}'''
request = urllib.request.Request("${url}v1/jobs", body.encode(), ${headers})
with urllib.request.urlopen(request) as answer:
    job = json.load(answer)
print(job["id"], job["status"])
`;
}

function typeScript(body: JsonObject, { url, needsKey }: Target): string {
  return `import { Client } from '@trainyard/client';

const client = new Client({ url: '${withoutSlash(url)}'${needsKey ? ', apiKey: process.env.TRAINYARD_API_KEY' : ''} });
const job = await client.jobs.create(${json(body)});
for await (const event of client.jobs.events(job.id)) console.log(event);
`;
}

/** The command finds the key of a server on its own machine by itself. */
function commandLine(body: JsonObject, { url }: Target): string {
  return `TRAINYARD_URL=${withoutSlash(url)} npx trainyard train /dev/stdin --follow <<'JSON'\n${json(body)}\nJSON\n`;
}
