import type { JobStatus } from '@trainyard/protocol';

/** Postgres cannot be reached, or broke off. What was asked for may or may not have happened; asking again is safe. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
}

/** The attempt that wanted to write is not the job's present one any more, and must end without writing anything. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  constructor(
    readonly jobId: string,
    readonly attempt: number,
  ) {
    super(`${jobId}: attempt ${attempt} does not hold the job any more`);
  }
}

/** The job's status does not allow what was asked for. */
export class WrongStatusError extends Error {
  override readonly name = 'WrongStatusError';
  constructor(
    readonly jobId: string,
    readonly status: JobStatus,
    action: string,
  ) {
    super(`a job that is ${status} cannot be ${action}`);
  }
}

/** Other jobs, which have not ended, work from objects of the job. */
export class JobInUseError extends Error {
  override readonly name = 'JobInUseError';
  constructor(
    readonly jobId: string,
    readonly users: readonly string[],
  ) {
    const named = users.length > 3 ? `${users.slice(0, 3).join(', ')} and ${users.length - 3} more` : users.join(', ');
    super(`${jobId} has a checkpoint from which work: ${named}; wait until they have ended, or cancel them`);
  }
}

/** A checkpoint that a new job was to work from was deleted meanwhile. */
export class CheckpointGoneError extends Error {
  override readonly name = 'CheckpointGoneError';
  constructor(
    readonly jobId: string,
    readonly checkpoint: string,
  ) {
    super(`${jobId} has no checkpoint ${checkpoint} any more`);
  }
}

/** The Idempotency-Key was used for another body within its lifetime. */
export class IdempotencyMismatchError extends Error {
  override readonly name = 'IdempotencyMismatchError';
}

// What says that a connection is the trouble: Node's codes, SQLSTATE classes 08 and 57P, 53300, 25P03 (idle in a transaction for
// too long), Prisma's codes and kinds.
const unavailable = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'],
  ...['08000', '08001', '08003', '08004', '08006', '57P01', '57P02', '57P03', '53300', '25P03'],
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P2024'],
  ...['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'],
]);
// pg and its pool have no code for these.
const unavailableMessage =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Connection ended unexpectedly|the database system is (starting up|shutting down|in recovery)/i;

/** Whether an error, or what caused it, says that the database cannot be reached. */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 8) return false;
  const { code, originalCode, kind, message, cause, errors, meta } = error as Record<string, unknown>;
  if ([code, originalCode, kind].some((value) => typeof value === 'string' && unavailable.has(value))) return true;
  if (typeof message === 'string' && unavailableMessage.test(message)) return true;
  const inner = [cause, (meta as Record<string, unknown> | undefined)?.['driverAdapterError'], ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return inner.some((value) => isUnavailable(value, depth + 1));
}

/** Whether two transactions got in each other's way, so that the loser may simply try again. */
export const isWriteConflict = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && (error as { code?: unknown }).code === 'P2034';
