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

/** Who refers to objects of a job: other jobs, which have not ended and work from them, and aliases, by one of their versions. */
export interface JobUsers {
  readonly jobs: readonly string[];
  readonly aliases: readonly string[];
}

/** Somebody else still needs objects of the job. */
export class JobInUseError extends Error {
  override readonly name = 'JobInUseError';
  constructor(
    readonly jobId: string,
    { jobs, aliases }: JobUsers,
  ) {
    const byJobs = jobs.length === 0 ? [] : [`${jobId} has a checkpoint from which work: ${named(jobs)}; wait until they have ended, or cancel them`];
    const byAliases = aliases.length === 0 ? [] : [`${jobId} has a checkpoint that is served, or kept to roll back to, as: ${named(aliases)}; delete the versions or the models`];
    super([...byJobs, ...byAliases].join('. '));
  }
}

const named = (users: readonly string[]): string => (users.length > 3 ? `${users.slice(0, 3).join(', ')} and ${users.length - 3} more` : users.join(', '));

/** The alias has no such version, or none to go back to. */
export class NoSuchVersionError extends Error {
  override readonly name = 'NoSuchVersionError';
  constructor(alias: string, version: number | undefined, { version: present, versions }: { readonly version: number; readonly versions: readonly { readonly version: number }[] }) {
    const kept = versions.map((one) => one.version).join(', ');
    super(version === undefined ? `${alias} has no version before ${present}, which answers; it has ${kept}` : `${alias} has no version ${version}; it has ${kept}`);
  }
}

/** The version answers, and so cannot be deleted. */
export class VersionAnswersError extends Error {
  override readonly name = 'VersionAnswersError';
  constructor(alias: string, version: number) {
    super(`version ${version} of ${alias} is the one that answers; roll back or move the alias first`);
  }
}

/** A checkpoint that a new job, or an alias, was to work from was deleted meanwhile. */
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
