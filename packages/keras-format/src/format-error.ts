/**
 * A Keras model or file that cannot be used as it is.
 *
 * `pointer` is the place of the fault: a JSON pointer (RFC 6901) into the model's JSON, such as
 * `/config/layers/3/config/kernel_size`, or a path within a file, such as `dense_1/kernel:0`.
 * The message begins with it.
 */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  /** What is wrong, for programs: `missing_field`, `duplicate_layer`, `external_link`, … */
  readonly code: string;
  readonly pointer: string;
  /** The message without the place. */
  readonly problem: string;

  /** @param problem what was expected, what was received, what to do about it; without the place. */
  constructor(code: string, pointer: string, problem: string, options?: ErrorOptions) {
    super(`${pointer === '' ? 'the model' : pointer}: ${problem}`, options);
    this.code = code;
    this.pointer = pointer;
    this.problem = problem;
  }
}
