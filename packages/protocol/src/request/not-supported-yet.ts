import type { Issue } from '../errors/api-error.js';
import type { JobRequest } from './job-request.js';

/**
 * What the contract has and Trainyard does not do yet. Each is refused by name, so that nothing a user asks for is
 * ignored. To support an option, do it and delete its line.
 */
const options: readonly { pointer: string; asked: (request: JobRequest) => boolean; instead: string }[] = [
  {
    pointer: '/webhook',
    asked: ({ webhook }) => webhook !== undefined,
    instead: 'follow GET /v1/jobs/{id}/events',
  },
];

/** The options of a request that are not supported yet. */
export function findUnsupported(request: JobRequest): Issue[] {
  const found = options.filter(({ asked }) => asked(request)).map(({ pointer, instead }) => issue(pointer, instead));
  for (const [index, callback] of request.callbacks.entries()) {
    if (callback.class_name !== 'TensorBoard') continue;
    const base = `/callbacks/${index}/config`;
    if (callback.config.write_grads) found.push(issue(`${base}/write_grads`, 'leave it out'));
    if (callback.config.embeddings_freq > 0) found.push(issue(`${base}/embeddings_freq`, 'leave it at 0'));
  }
  return found;
}

const issue = (pointer: string, instead: string): Issue => ({
  pointer,
  code: 'not_supported_yet',
  detail: `not supported yet: ${instead}`,
});
