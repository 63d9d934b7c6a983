import { ApiProblem, ConnectionError } from '@trainyard/client';
import { Problem, type FileResource } from '@trainyard/protocol';
import type { Api } from '../session/api-context.js';

/**
 * Stores a file among the project's. By XMLHttpRequest, since fetch does not tell how much of a body has been sent.
 *
 * @param onProgress called with the share that was sent, from 0 to 1
 * @throws ApiProblem, ConnectionError, or what aborted the signal
 */
export function uploadFile({ url, apiKey }: Pick<Api, 'url' | 'apiKey'>, path: string, file: Blob, onProgress: (share: number) => void, signal?: AbortSignal): Promise<FileResource> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', new URL(`v1/files/${path.split('/').map(encodeURIComponent).join('/')}`, url));
    request.setRequestHeader('content-type', 'application/octet-stream');
    if (apiKey !== undefined) request.setRequestHeader('authorization', `Bearer ${apiKey}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total);
    request.onload = () => {
      const answer = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) return resolve(answer as FileResource);
      const problem = Problem.safeParse(answer);
      reject(problem.success ? new ApiProblem(problem.data) : new ConnectionError(`the server answered ${request.status}, and not as Trainyard does`));
    };
    request.onerror = () => reject(new ConnectionError(`no answer from ${new URL(url).origin}`));
    request.onabort = () => reject(signal?.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** Where nothing is yet that a file of the same name would replace: jobs go on reading what they read. */
export const newFolder = (now: Date = new Date()): string => `uploads/${now.toISOString().slice(0, 19).replaceAll(':', '-')}`;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
