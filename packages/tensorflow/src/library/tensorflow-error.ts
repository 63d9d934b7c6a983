/** tsl/platform/error_codes: absl's canonical codes. */
const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;
export type TensorFlowErrorCode = (typeof CODES)[number];

/** What TensorFlow answered instead of a result: its own message, after where it happened. */
export class TensorFlowError extends Error {
  override readonly name = 'TensorFlowError';
  readonly code: TensorFlowErrorCode;
  /** TensorFlow's message as it is. */
  readonly detail: string;

  constructor(place: string, code: number, detail: string) {
    super(`${place}: ${detail}`);
    this.code = CODES[code] ?? 'UNKNOWN';
    this.detail = detail;
  }
}
