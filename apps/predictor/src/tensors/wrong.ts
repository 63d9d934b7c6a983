import { invalidRequest, type ApiError } from '@trainyard/protocol';

/** What is wrong with a request's tensors, at its place. */
export function wrong(pointer: string, detail: string): ApiError {
  return invalidRequest([{ pointer, code: 'invalid_value', detail }]);
}
