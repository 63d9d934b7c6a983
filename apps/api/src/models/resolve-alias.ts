import { createHash } from 'node:crypto';
import { findJob, listCheckpoints, type NewAliasTarget, type NewAliasVersion, type Weighted } from '@trainyard/database';
import { toServedFile } from '@trainyard/engine';
import { writeModelFile, type ModelFile } from '@trainyard/keras-format';
import { invalidRequest, newCheckpointId, type AliasBody, type AliasTargetBody, type ApiError, type Signature } from '@trainyard/protocol';
import type { Deps } from '../deps.js';
import { findCheckpoint, finalOrLatest } from '../jobs/find-checkpoint.js';
import { notOfKind } from '../jobs/load-job.js';
import { servedFileKey } from '../jobs/object-keys.js';
import { asModelFault, readSavedModel } from '../jobs/read-saved-model.js';
import { signatureOf, type Signatures } from './signature.js';
import { targetOf } from './target.js';

/**
 * The very checkpoints that an alias is to refer to. Files are read, checked, and stored as checkpoints of our own.
 *
 * @throws ApiError 422 with pointers, also where the targets take or answer different tensors: requests would be answered
 *   or refused by chance.
 */
export async function resolveAlias(deps: Deps, signatures: Signatures, projectId: string, name: string, body: AliasBody): Promise<NewAliasVersion> {
  const resolve = (target: AliasTargetBody, pointer: string): Promise<NewAliasTarget> => ('uri' in target ? fromFile(deps, projectId, target.uri, pointer) : fromJob(deps, signatures, projectId, target, pointer));
  const split: Weighted<NewAliasTarget>[] = [];
  if (!('split' in body)) split.push({ ...(await resolve(body, '')), weight: 1 });
  else for (const [i, target] of body.split.entries()) split.push({ ...(await resolve(target, `/split/${i}`)), weight: target.weight });
  const shadow = body.shadow ? await resolve(body.shadow, '/shadow') : null;
  const [first, ...others] = split;
  others.forEach((other, i) => expectSame(first?.signature, other.signature, `/split/${i + 1}`));
  if (shadow) expectSame(first?.signature, shadow.signature, '/shadow');
  return { projectId, name, split, shadow };
}

async function fromJob(deps: Deps, signatures: Signatures, projectId: string, { job: jobId, checkpoint: ref }: Extract<AliasTargetBody, { job: string }>, pointer: string): Promise<NewAliasTarget> {
  const job = await findJob(deps.database, projectId, jobId);
  if (!job) throw missing(`${pointer}/job`, `there is no job ${jobId}`);
  if (job.kind !== 'train') throw missing(`${pointer}/job`, notOfKind(job, 'train'));
  const all = await listCheckpoints(deps.database, jobId);
  const checkpoint = ref === undefined ? finalOrLatest(job, all) : findCheckpoint(job, all, ref);
  if (!checkpoint) throw missing(`${pointer}/checkpoint`, ref === undefined ? `${jobId} has no checkpoint yet` : `${jobId} has no checkpoint "${ref}"`);
  const { dataKey: _, ...target } = targetOf(job, checkpoint);
  return { ...target, signature: await signatures.of({ ...target, dataKey: null }) };
}

/** A copy of a user's file, read in a process of its own and written anew: predictors load none but files of ours. */
async function fromFile(deps: Deps, projectId: string, uri: string, pointer: string): Promise<NewAliasTarget> {
  const saved = await readSavedModel(deps, projectId, uri, `${pointer}/uri`);
  const { bytes, signature } = await rewrite(saved.file, `${pointer}/uri`);
  const checkpointId = newCheckpointId();
  const key = servedFileKey(projectId, checkpointId);
  await deps.store.put(key, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { jobId: null, uri, sourceSha256: saved.sha256, checkpointId, filename: uri.split('/').at(-1) ?? uri, kind: 'model', key, sha256, signature };
}

async function rewrite(saved: ModelFile, pointer: string): Promise<{ bytes: Uint8Array; signature: Signature }> {
  try {
    const { file, model } = toServedFile(saved);
    return { bytes: await writeModelFile(file), signature: signatureOf(model) };
  } catch (error) {
    throw asModelFault(error, pointer);
  }
}

function expectSame(first: Signature | undefined, other: Signature, pointer: string): void {
  for (const side of ['inputs', 'outputs'] as const) {
    const [expected, received] = [textOf(first?.[side] ?? []), textOf(other[side])];
    if (expected !== received) throw invalidRequest([{ pointer, code: 'invalid_value', detail: `expected a model with the ${side} of the first target, ${expected}, received one with ${received}` }]);
  }
}

const textOf = (tensors: Signature['inputs']): string => tensors.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape.map((dimension) => dimension ?? 'any').join(', ')}]`).join(', ');

const missing = (pointer: string, detail: string): ApiError => invalidRequest([{ pointer, code: 'not_found', detail }]);
