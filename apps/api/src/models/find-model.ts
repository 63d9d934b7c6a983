import { findAliasVersion, listCheckpoints, type JobRecord, type Weighted } from '@trainyard/database';
import { AliasName, ApiError, JobId } from '@trainyard/protocol';
import { z } from 'zod';
import type { Deps } from '../deps.js';
import { chooseCheckpoint } from '../jobs/find-checkpoint.js';
import { trainingOf } from '../jobs/load-job.js';
import { targetOf, type ServedTarget, type Target } from './target.js';

/** The path's `{name}`. */
export const ModelParams = z.object({ name: z.string().meta({ description: 'An alias, the id of a job, or job@checkpoint', example: 'digits' }) });
export const VersionParams = ModelParams.extend({ version: z.string().meta({ description: 'Number of a version', example: '3' }) });

/** What a request names. */
export interface Named {
  readonly projectId: string;
  /** An alias, the id of a job, or `job@checkpoint`. */
  readonly name: string;
  /** One that the path asks for; as it is there. */
  readonly version?: string | undefined;
}

/** What answers under a name: one version of an alias, or one checkpoint of a job. */
interface Version<T> {
  /** As the request has it. */
  readonly name: string;
  readonly kind: 'alias' | 'job';
  /** Of a job, the checkpoint's step. */
  readonly version: number;
  readonly split: readonly Weighted<T>[];
  readonly shadow: T | null;
}
export type FoundVersion = Version<Target>;
export type ServedVersion = Version<ServedTarget>;

/**
 * What a name means. Of an alias, the version that answers unless another is asked for; of a job, the checkpoint that its `predict`
 * takes, or the last one of the step that is asked for.
 *
 * @throws ApiError `not_found`
 */
export async function findVersion(deps: Deps, { projectId, name, version }: Named): Promise<FoundVersion> {
  const named = parseJobName(name);
  if (named) return jobVersion(deps, await trainingOf(deps, projectId, named.job), { name, ref: named.ref, version });
  const number = version === undefined ? undefined : numberOf(version);
  const found = isAliasName(name) && number !== null ? await findAliasVersion(deps.database, projectId, name, number) : undefined;
  if (found) return { name, kind: 'alias', ...found };
  throw version === undefined ? modelNotFound(name) : versionNotFound(name, version);
}

/** The job, and the ref, in `job@checkpoint`; undefined for what is no id of a job. */
export function parseJobName(name: string): { job: string; ref: string | undefined } | undefined {
  const at = name.indexOf('@');
  const job = at < 0 ? name : name.slice(0, at);
  return JobId.safeParse(job).success ? { job, ref: at < 0 ? undefined : name.slice(at + 1) } : undefined;
}

export const modelNotFound = (name: string): ApiError =>
  new ApiError('not_found', `there is no model ${name}; set an alias with PUT /v1/models/${name}, or name a job by its id`);

export const versionNotFound = (name: string, version: string): ApiError => new ApiError('not_found', `${name} has no version ${version}`);

async function jobVersion(deps: Deps, job: JobRecord, { name, ref, version }: { name: string; ref: string | undefined; version: string | undefined }): Promise<FoundVersion> {
  const checkpoint = ref === undefined && version !== undefined ? await lastOfStep(deps, job, version) : await chooseCheckpoint(deps, job, ref);
  if (!checkpoint || (version !== undefined && String(checkpoint.step) !== version)) throw versionNotFound(name, version ?? '');
  return { name, kind: 'job', version: checkpoint.step, split: [{ ...targetOf(job, checkpoint), weight: 1 }], shadow: null };
}

async function lastOfStep({ database }: Deps, job: JobRecord, version: string) {
  return (await listCheckpoints(database, job.id)).findLast(({ step }) => String(step) === version);
}

/** What no alias can be called is not asked of the database, which cannot hold every text. */
export const isAliasName = (name: string): boolean => AliasName.safeParse(name).success;

/** A version's number, within what Postgres holds; null for any other text. */
const numberOf = (text: string): number | null => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null);
