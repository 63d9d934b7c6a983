import type { CliEnv } from './env.js';
import { homeAt } from './up/home.js';
import { readPrivateJson, writePrivateJson } from './up/secrets.js';

/** How commands reach a server: stored by `trainyard up` in its data directory. */
export interface Credentials {
  readonly url: string;
  /** Unset where the server asks for none. */
  readonly apiKey: string | undefined;
}

interface StoredCredentials {
  url?: string;
  api_key?: string;
}

const defaultUrl = 'http://127.0.0.1:8000';

/** What the environment says (TRAINYARD_URL, TRAINYARD_API_KEY), else what the last `trainyard up` stored, else the default address. */
export async function findCredentials(env: CliEnv): Promise<Credentials> {
  if (env.url !== undefined) return { url: env.url, apiKey: env.apiKey };
  const stored = await readPrivateJson<StoredCredentials>(homeAt(env.home).credentials);
  return { url: stored?.url ?? defaultUrl, apiKey: env.apiKey ?? stored?.api_key };
}

export async function readStoredKey(file: string): Promise<string | undefined> {
  return (await readPrivateJson<StoredCredentials>(file))?.api_key;
}

export async function storeCredentials(file: string, credentials: Credentials): Promise<void> {
  const stored: StoredCredentials = { url: credentials.url };
  if (credentials.apiKey !== undefined) stored.api_key = credentials.apiKey;
  await writePrivateJson(file, stored);
}
