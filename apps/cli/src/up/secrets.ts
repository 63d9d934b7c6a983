import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { codeOf, UserError } from '../user-error.js';

/** The passwords of the embedded servers. They stay in the data directory, readable by its owner only. */
export interface Secrets {
  readonly postgresPassword: string;
  readonly redisPassword: string;
}

/** Reads the secrets of a data directory, or makes them. */
export async function loadSecrets(file: string): Promise<Secrets> {
  const stored = await readPrivateJson<Partial<Secrets>>(file);
  if (typeof stored?.postgresPassword === 'string' && typeof stored.redisPassword === 'string') {
    return { postgresPassword: stored.postgresPassword, redisPassword: stored.redisPassword };
  }
  const secrets: Secrets = { postgresPassword: randomBytes(24).toString('hex'), redisPassword: randomBytes(24).toString('hex') };
  await writePrivateJson(file, secrets);
  return secrets;
}

/** The JSON in a file, or undefined when there is no such file. */
export async function readPrivateJson<T>(file: string): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'EACCES') throw new UserError(`${file} belongs to another user: run as that user, or set TRAINYARD_HOME.`);
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new UserError(`${file} is damaged (no JSON): restore it, or remove the data directory to begin anew.`);
  }
}

/** Writes a file that only its owner can read, in one step. */
export async function writePrivateJson(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await chmod(temporary, 0o600); // a left-over temporary file keeps its old mode otherwise
  await rename(temporary, file);
}
