import { ApiProblem, ConnectionError } from '@trainyard/client';
import { UserError } from './user-error.js';

/**
 * What the user reads of an error: the message of one that is the user's to mend, every place that a problem names, where
 * no server answers; undefined for a mistake of ours.
 */
export function errorText(error: unknown, serverUrl: string): string | undefined {
  if (error instanceof UserError) return error.message;
  if (error instanceof ApiProblem) return problemText(error);
  if (error instanceof ConnectionError) {
    return `No Trainyard server answers at ${serverUrl}: start one with \`trainyard up\` (or npm start), or set TRAINYARD_URL. (${error.message})`;
  }
  return undefined;
}

function problemText(error: ApiProblem): string {
  const advice = error.status === 401 ? ' Set TRAINYARD_API_KEY to a key of that server.' : '';
  // The detail quotes the first place and counts the others: where there are several, each has a line of its own.
  if (error.errors.length < 2) return `${error.message} (${error.code})${advice}`;
  return [`${error.errors.length} things are wrong (${error.code}):`, ...error.errors.map(({ pointer, detail }) => `  ${pointer}: ${detail}`)].join('\n');
}
