import { createHash } from 'node:crypto';
import { FormatError, isArchive, readUntrusted, type ModelFile } from '@trainyard/keras-format';
import { ObjectNotFoundError } from '@trainyard/object-store';
import { invalidRequest, type ApiError, type Issue } from '@trainyard/protocol';
import type { Deps } from '../deps.js';
import { filePrefix } from './object-keys.js';

/** A saved model, and the SHA-256 of its file in hexadecimal. */
export interface SavedModel {
  readonly file: ModelFile;
  readonly sha256: string;
}

/**
 * Reads a whole saved model (`.h5`, `.keras`) among the project's files, in a process of its own.
 *
 * @param pointer to the URI in the request.
 * @throws ApiError 422 with that pointer.
 */
export async function readSavedModel(deps: Deps, projectId: string, uri: string, pointer: string): Promise<SavedModel> {
  const bytes = await readFile(deps, projectId, uri, pointer);
  try {
    const file = await readUntrusted(bytes, isArchive(bytes) ? 'keras' : 'model');
    return { file, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    throw asModelFault(error, pointer);
  }
}

async function readFile({ store }: Deps, projectId: string, uri: string, pointer: string): Promise<Uint8Array> {
  const path = filePathOf(uri);
  if (path === undefined) throw invalidRequest([{ pointer, code: 'invalid_value', detail: `expected "files/<path>", received "${uri}"` }]);
  try {
    return await store.read(filePrefix(projectId) + path);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) throw notThere(pointer, uri);
    throw error;
  }
}

export const filePathOf = (uri: string): string | undefined => (uri.startsWith('files/') ? uri.slice('files/'.length) : undefined);

export const notThere = (pointer: string, uri: string): ApiError =>
  invalidRequest([{ pointer, code: 'not_found', detail: `there is no ${uri}; upload it with PUT /v1/${uri}` }], 'data_not_found');

/** An error of a model's parser as one of the request, with its pointer into the model made one into the request. */
export function asModelFault(error: unknown, pointer: string): unknown {
  return error instanceof FormatError ? invalidRequest([modelIssue(error, pointer)], 'model_invalid') : error;
}

/** A fault in a model as an issue of the request. Within a file or YAML the pointer ends at what names it. */
export function modelIssue(error: FormatError, base = '/model'): Issue {
  const isInline = base === '/model' && error.pointer.startsWith('/');
  const inside = isInline || error.pointer === '' ? '' : `${error.pointer}: `;
  return { pointer: isInline ? base + error.pointer : base, code: 'model_invalid', detail: inside + error.problem };
}
