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
  return options.filter(({ asked }) => asked(request)).map(({ pointer, instead }) => ({ pointer, code: 'not_supported_yet', detail: `not supported yet: ${instead}` }));
}
