import { DataError } from '../data-error.js';

/** A row has no value where one was asked for. @param received how the file says so */
export function missingValue(place: string, expected: string, received?: string): DataError {
  const what = received === undefined || received.trim() === '' ? 'nothing' : `${JSON.stringify(received)}, which stands for a missing value`;
  return new DataError(place, `expected ${expected}, received ${what}; add "fill" or "drop_rows" to the transforms`);
}
