import { FormatError } from '@trainyard/keras-format';
import { ApiError } from '@trainyard/protocol';

/** Writes something for another Keras. @throws ApiError that names the layer or argument which that Keras does not have. */
export function forKeras3<T>(write: () => T): T {
  try {
    const written = write();
    return written instanceof Promise ? (written.catch(refuse) as T) : written;
  } catch (error) {
    return refuse(error);
  }
}

function refuse(error: unknown): never {
  if (error instanceof FormatError) throw new ApiError('model_invalid', error.message, { errors: [{ pointer: '', code: 'model_invalid', detail: error.message }] });
  throw error;
}
