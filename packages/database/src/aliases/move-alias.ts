import type { Database, Transaction } from '../database.js';
import { NoSuchVersionError, VersionAnswersError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { holdCheckpoints } from '../jobs/object-uses.js';
import { jsonInput } from '../json-input.js';
import { toAliasRecord, withVersions, type AliasRecord, type NewAliasTarget, type Weighted } from './alias-record.js';

/** Versions that are kept besides the one that answers: what an alias refers to cannot be deleted, so they are not kept for ever. */
export const keptVersions = 10;

export interface NewAliasVersion {
  readonly projectId: string;
  readonly name: string;
  readonly split: readonly Weighted<NewAliasTarget>[];
  readonly shadow: NewAliasTarget | null;
}

/** An alias after a change, and the copies of files that no alias refers to any more: their objects are the caller's to delete. */
export interface ChangedAlias {
  readonly alias: AliasRecord;
  readonly unused: readonly string[];
}

/**
 * Moves an alias, new or not, to another version, at once and whole. Where its present version is the same, nothing changes. A copy of
 * a file that one of its versions has already is not kept twice.
 *
 * @throws CheckpointGoneError when a checkpoint was deleted meanwhile.
 */
export async function moveAlias(database: Database, { projectId, name, split, shadow }: NewAliasVersion): Promise<ChangedAlias & { moved: boolean }> {
  const given = [...split, ...(shadow ? [{ ...shadow, weight: null }] : [])];
  return database.transaction(async (transaction) => {
    await transaction.alias.createMany({ data: [{ projectId, name, version: 0, newest: 0 }], skipDuplicates: true });
    const before = await lockAlias(transaction, projectId, name);
    if (!before) throw new Error(`the alias ${name} was deleted while it was moved`); // it is locked from here on
    const targets = given.map((target) => ({ ...target, ...earlierCopy(before, target) }));
    const own = given.flatMap(({ jobId, key }, i) => (jobId === null && targets[i]?.key !== key ? [key] : []));
    if (isPresent(before, targets)) return { alias: before, moved: false, unused: own };
    await holdCheckpoints(transaction, targets.flatMap(({ jobId, checkpointId }) => (jobId === null ? [] : [{ job: jobId, checkpoint: checkpointId }])));
    const version = await nextVersion(transaction, projectId, name);
    await transaction.aliasVersion.create({ data: { projectId, name, version }, select: { version: true } });
    await transaction.aliasTarget.createMany({ data: targets.map((target, position) => ({ ...target, projectId, name, version, position, signature: jsonInput(target.signature) })) });
    const dropped = await dropVersions(transaction, projectId, name, before.versions.slice(keptVersions).map((old) => old.version));
    return { alias: await answerWith(transaction, projectId, name, version), moved: true, unused: [...own, ...dropped] };
  });
}

/**
 * Has an earlier version of an alias answer again.
 *
 * @param version default: the newest one before the present one.
 * @returns undefined when the project has no such alias.
 * @throws NoSuchVersionError
 */
export async function rollBackAlias(database: Database, projectId: string, name: string, version?: number): Promise<AliasRecord | undefined> {
  return database.transaction(async (transaction) => {
    const alias = await lockAlias(transaction, projectId, name);
    if (!alias) return undefined;
    const target = alias.versions.find((kept) => (version === undefined ? kept.version < alias.version : kept.version === version));
    if (!target) throw new NoSuchVersionError(name, version, alias);
    return target.version === alias.version ? alias : answerWith(transaction, projectId, name, target.version);
  });
}

/**
 * Deletes a version of an alias that does not answer.
 *
 * @returns undefined when the project has no such alias.
 * @throws NoSuchVersionError, VersionAnswersError
 */
export async function deleteAliasVersion(database: Database, projectId: string, name: string, version: number): Promise<ChangedAlias | undefined> {
  return database.transaction(async (transaction) => {
    const alias = await lockAlias(transaction, projectId, name);
    if (!alias) return undefined;
    if (version === alias.version) throw new VersionAnswersError(name, version);
    if (!alias.versions.some((kept) => kept.version === version)) throw new NoSuchVersionError(name, version, alias);
    const unused = await dropVersions(transaction, projectId, name, [version]);
    return { alias: { ...alias, versions: alias.versions.filter((kept) => kept.version !== version) }, unused };
  });
}

/** Deletes an alias. @returns the copies of files that nobody needs any more; undefined when the project has no such alias */
export async function deleteAlias(database: Database, projectId: string, name: string): Promise<{ unused: readonly string[] } | undefined> {
  return database.transaction(async (transaction) => {
    const alias = await lockAlias(transaction, projectId, name);
    if (!alias) return undefined;
    const unused = await dropVersions(transaction, projectId, name, alias.versions.map(({ version }) => version));
    await transaction.alias.delete({ where: { projectId_name: { projectId, name } }, select: { name: true } });
    return { unused };
  });
}

/** The alias, which nobody else changes before the transaction ends. */
async function lockAlias(transaction: Transaction, projectId: string, name: string): Promise<AliasRecord | undefined> {
  await transaction.$queryRaw`SELECT 1 FROM aliases WHERE project_id = ${projectId} AND name = ${name} FOR UPDATE`;
  const row = await transaction.alias.findUnique({ where: { projectId_name: { projectId, name } }, include: withVersions });
  return row === null ? undefined : toAliasRecord(row);
}

type Target = NewAliasTarget & { readonly weight: number | null };

/** The copy of the same file that a version of the alias has. */
function earlierCopy({ versions }: AliasRecord, { jobId, sourceSha256 }: Target): Partial<Pick<NewAliasTarget, 'checkpointId' | 'key' | 'sha256'>> {
  const known = versions.flatMap(({ split, shadow }) => [...split, ...(shadow ? [shadow] : [])]);
  const same = jobId === null ? known.find((target) => target.jobId === null && target.sourceSha256 === sourceSha256) : undefined;
  return same ? { checkpointId: same.checkpointId, key: same.key, sha256: same.sha256 } : {};
}

function isPresent({ version, versions }: AliasRecord, targets: readonly Target[]): boolean {
  const present = versions.find((kept) => kept.version === version);
  if (!present) return false;
  const there = [...present.split, ...(present.shadow ? [{ ...present.shadow, weight: null }] : [])];
  return there.length === targets.length && there.every(({ weight, key, uri }, i) => weight === targets[i]?.weight && key === targets[i]?.key && uri === targets[i]?.uri);
}

async function answerWith(transaction: Transaction, projectId: string, name: string, version: number): Promise<AliasRecord> {
  await transaction.$executeRaw`UPDATE aliases SET version = ${version}, moved_at = now() WHERE project_id = ${projectId} AND name = ${name}`;
  return toAliasRecord(await transaction.alias.findUniqueOrThrow({ where: { projectId_name: { projectId, name } }, include: withVersions }));
}

async function nextVersion(transaction: Transaction, projectId: string, name: string): Promise<number> {
  const { newest } = await transaction.alias.update({ where: { projectId_name: { projectId, name } }, data: { newest: { increment: 1 } }, select: { newest: true } });
  return newest;
}

/** @returns the copies of files that only these versions referred to. */
async function dropVersions(transaction: Transaction, projectId: string, name: string, versions: readonly number[]): Promise<string[]> {
  if (versions.length === 0) return [];
  const rows = await transaction.$queryRaw<{ key: string }[]>(Prisma.sql`
    DELETE FROM alias_targets AS dropped WHERE project_id = ${projectId} AND name = ${name} AND version IN (${Prisma.join(versions)})
    RETURNING CASE WHEN job_id IS NULL AND NOT EXISTS (
      SELECT 1 FROM alias_targets AS kept WHERE kept.key = dropped.key AND (kept.project_id, kept.name) = (dropped.project_id, dropped.name) AND kept.version NOT IN (${Prisma.join(versions)})
    ) THEN key END AS key`);
  await transaction.aliasVersion.deleteMany({ where: { projectId, name, version: { in: [...versions] } } });
  return [...new Set(rows.flatMap(({ key }) => key ?? []))];
}
