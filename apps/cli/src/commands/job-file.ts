import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, UserError } from '../user-error.js';

/** A job's body as a user wrote it. Only the server judges what is in it. */
export interface JobBody {
  [field: string]: unknown;
  model?: unknown;
  data?: { train?: Record<string, unknown>; validation?: Record<string, unknown> };
}

/**
 * Reads a job's spec.
 *
 * @throws UserError when the file is missing, or is no JSON object.
 */
export async function readJobFile(file: string): Promise<JobBody> {
  const body = parseJson(file, await readText(file));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new UserError(`${file}: expected a JSON object, the body of POST /v1/jobs`);
  return body as JobBody;
}

/** What a model's file becomes in the body: its JSON or YAML itself, or, for a saved model, undefined: it is uploaded. */
export async function readModelFile(file: string): Promise<unknown> {
  switch (path.extname(file).toLowerCase()) {
    case '.json':
      return parseJson(file, await readText(file));
    case '.yaml':
    case '.yml':
      return { yaml: await readText(file) };
    default:
      return undefined;
  }
}

/** @throws UserError with the place of the mistake */
export function parseJson(place: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${place}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws UserError naming the file when it cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw fileError(file, error);
  }
}

/** The same error, as a sentence where it is about the file. */
export function fileError(file: string, error: unknown): unknown {
  switch (codeOf(error)) {
    case 'ENOENT':
      return new UserError(`${file}: there is no such file`);
    case 'EACCES':
      return new UserError(`${file}: may not be read`);
    case 'EISDIR':
      return new UserError(`${file}: is a directory`);
    default:
      return error;
  }
}
