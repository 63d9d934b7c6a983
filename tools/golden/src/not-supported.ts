import { FormatError } from '@trainyard/keras-format';

/** Whether an error says that the engine does not have something yet, rather than that it got it wrong. */
export function isNotSupported(error: unknown): error is FormatError {
  return error instanceof FormatError && (error.code.startsWith('unknown_') || error.code.startsWith('unsupported_'));
}
