import type { ErrorCode } from '@trainyard/protocol';

export type DataErrorCode = Extract<ErrorCode, 'data_invalid' | 'data_not_found' | 'dataset_changed'>;

/**
 * The user's data, or the source that names it, is wrong. The message begins with the place, such as
 * `files/p.csv, row 17, column "bill_length"`. Trying again does not help.
 */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;
  /** Within the source (`/transforms/0`), when it is the source that has to be changed. */
  readonly pointer: string | undefined;

  constructor(
    readonly place: string,
    problem: string,
    { code = 'data_invalid', pointer, ...options }: ErrorOptions & { code?: DataErrorCode; pointer?: string } = {},
  ) {
    super(`${place}: ${problem}`, options);
    this.code = code;
    this.pointer = pointer;
  }
}

/** `"a", "b" and "c"`, the first twenty of them. */
export function listNames(names: readonly string[]): string {
  const quoted = names.slice(0, 20).map((name) => JSON.stringify(name));
  const more = names.length - quoted.length;
  if (more > 0) return `${quoted.join(', ')} and ${more} more`;
  return quoted.length < 2 ? (quoted[0] ?? 'none') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
