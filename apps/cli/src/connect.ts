import { Client } from '@trainyard/client';
import { findCredentials } from './credentials.js';
import type { CliEnv } from './env.js';

/** A client of the server that this environment, or the last `trainyard up`, names. */
export async function connect(env: CliEnv): Promise<Client> {
  const { url, apiKey } = await findCredentials(env);
  return new Client({ url, ...(apiKey !== undefined && { apiKey }) });
}
