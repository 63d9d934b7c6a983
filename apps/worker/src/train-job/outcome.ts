import { DatabaseUnavailableError, FencedError, type AttemptEnd } from '@trainyard/database';
import { DataError } from '@trainyard/dataset';
import { ModelDataError, NanLossError } from '@trainyard/engine';
import { FormatError } from '@trainyard/keras-format';
import { InvalidKeyError, ObjectNotFoundError, ObjectStoreAccessError, ObjectStoreUnavailableError } from '@trainyard/object-store';
import { errorCatalogue, type ErrorCode, type JobError } from '@trainyard/protocol';
import { LibraryNotFoundError, TensorFlowError } from '@trainyard/tensorflow';
import { NoSuchDeviceError } from './build-model.js';
import { PlacedError } from './placed-error.js';
import { SnapshotLostError } from './restore.js';
import { InterruptedError } from './wishes.js';

/** How an attempt ends that met an error. `undefined`: it does not hold its job any more, and has no say in it. */
export type Outcome = AttemptEnd | undefined;

type Known =
  | { readonly kind: 'interrupted'; readonly error: InterruptedError }
  | { readonly kind: 'fenced' }
  /** The user's: another attempt would meet it again. */
  | { readonly kind: 'user'; readonly code: ErrorCode; readonly pointer?: string }
  /** The machine's: another attempt may not meet it. */
  | { readonly kind: 'machine'; readonly code: ErrorCode };

/**
 * What an error that ended an attempt means for its job: the user's fault fails it at once, with a pointer to what has to
 * be changed; the machine's puts it back on the queue; an interruption does what was wanted.
 */
export function outcomeOf(error: unknown): Outcome {
  const cause = error instanceof PlacedError ? error.cause : error;
  const place = error instanceof PlacedError ? error.pointer : undefined;
  const message = cause instanceof Error ? cause.message : String(cause);
  const known = recognize(cause, place);
  switch (known.kind) {
    case 'fenced':
      return undefined;
    case 'interrupted':
      return interrupted(known.error);
    case 'user':
      return { status: 'failed', error: jobError(known.code, message, known.pointer ?? place ?? null) };
    case 'machine':
      return { status: 'queued', reason: known.code, fault: jobError(known.code, message, null) };
    default:
      return known satisfies never;
  }
}

export function jobError(code: ErrorCode, message: string, pointer: string | null = null): JobError {
  return { code, message, pointer, retryable: errorCatalogue[code].retryable };
}

function interrupted({ interruption }: InterruptedError): AttemptEnd {
  switch (interruption) {
    case 'cancel':
      return { status: 'cancelled' };
    case 'pause':
      return { status: 'paused' };
    case 'drain':
      return { status: 'queued', reason: 'drained' };
    default:
      return interruption satisfies never;
  }
}

function recognize(error: unknown, place: string | undefined): Known {
  if (error instanceof InterruptedError) return { kind: 'interrupted', error };
  if (error instanceof FencedError) return { kind: 'fenced' };
  if (error instanceof FormatError) return formatFault(error, place);
  if (error instanceof DataError) return { kind: 'user', code: error.code, pointer: `${place ?? ''}${error.pointer ?? ''}` };
  if (error instanceof ModelDataError) return { kind: 'user', code: 'data_invalid', pointer: place ?? '/data/train' };
  if (error instanceof NanLossError) return { kind: 'user', code: 'nan_loss' };
  if (error instanceof ObjectNotFoundError || error instanceof InvalidKeyError) return missingObject(place);
  if (error instanceof SnapshotLostError) return { kind: 'machine', code: 'snapshot_lost' };
  if (error instanceof DatabaseUnavailableError) return { kind: 'machine', code: 'database_unavailable' };
  if (error instanceof ObjectStoreUnavailableError || error instanceof ObjectStoreAccessError) return { kind: 'machine', code: 'storage_unavailable' };
  if (error instanceof LibraryNotFoundError || error instanceof NoSuchDeviceError) return { kind: 'machine', code: 'runtime_unavailable' };
  if (error instanceof TensorFlowError) return tensorFlowFault(error);
  return { kind: 'machine', code: 'internal_error' };
}

/** What the part of the request that is wrong is about tells the code. */
function formatFault(error: FormatError, place = ''): Known {
  if (place === '/model') return { kind: 'user', code: 'model_invalid', pointer: `/model${error.pointer}` };
  if (place.startsWith('/weights') || place === '/checkpoint') return { kind: 'user', code: 'weights_invalid', pointer: place };
  if (place === '/compile') return { kind: 'user', code: 'compile_invalid', pointer: error.pointer };
  if (error.pointer.startsWith('/callbacks')) return { kind: 'user', code: 'invalid_request', pointer: error.pointer };
  return { kind: 'machine', code: 'internal_error' }; // a file of our own: a snapshot that cannot be read
}

/** What a user named and is not there is the user's; what we stored ourselves and is gone is not. */
function missingObject(place: string | undefined): Known {
  return place === undefined ? { kind: 'machine', code: 'storage_unavailable' } : { kind: 'user', code: 'data_not_found', pointer: place };
}

/** Of TensorFlow's codes, which ones another attempt would meet again. */
function tensorFlowFault({ code, detail }: TensorFlowError): Known {
  switch (code) {
    case 'RESOURCE_EXHAUSTED':
      // Its message names the device, and the allocator: GPU_0_bfc.
      return { kind: 'user', code: /\bGPU[:_]\d/.test(detail) ? 'oom_gpu' : 'oom_host' };
    case 'INVALID_ARGUMENT':
    case 'OUT_OF_RANGE':
    case 'UNIMPLEMENTED':
    case 'FAILED_PRECONDITION':
      return { kind: 'user', code: 'model_invalid', pointer: '/model' };
    case 'OK':
    case 'CANCELLED':
    case 'UNKNOWN':
    case 'DEADLINE_EXCEEDED':
    case 'NOT_FOUND':
    case 'ALREADY_EXISTS':
    case 'PERMISSION_DENIED':
    case 'ABORTED':
    case 'INTERNAL':
    case 'UNAVAILABLE':
    case 'DATA_LOSS':
    case 'UNAUTHENTICATED':
      return { kind: 'machine', code: 'runtime_unavailable' };
    default:
      return code satisfies never;
  }
}
