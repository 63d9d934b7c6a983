import type { Database } from '../database.js';
import { Prisma } from '../generated/client.js';
import { toAliasRecord, toSplit, withVersions, type AliasRecord, type AliasTarget, type AliasVersion } from './alias-record.js';

/** A project's alias with the versions that are kept; undefined when it has none of this name. */
export async function findAlias(database: Database, projectId: string, name: string): Promise<AliasRecord | undefined> {
  const row = await database.run((client) => client.alias.findUnique({ where: { projectId_name: { projectId, name } }, include: withVersions }));
  return row === null ? undefined : toAliasRecord(row);
}

type Row = AliasTarget & { readonly version: number; readonly createdAt: Date; readonly weight: number | null };

/**
 * One version of an alias, by default the one that answers: in one statement, so that it is whole while the alias is moved.
 * Undefined when there is no such alias, or it has not kept the version.
 */
export async function findAliasVersion(database: Database, projectId: string, name: string, version?: number): Promise<Omit<AliasVersion, 'report'> | undefined> {
  const rows = await database.run((client) =>
    client.$queryRaw<Row[]>(Prisma.sql`
      SELECT alias_versions.version, alias_versions.created_at AS "createdAt", weight, job_id AS "jobId", uri, source_sha256 AS "sourceSha256",
        checkpoint_id AS "checkpointId", filename, alias_targets.kind, key, sha256, signature, jobs.data_key AS "dataKey"
      FROM aliases
      JOIN alias_versions ON (alias_versions.project_id, alias_versions.name, alias_versions.version) = (aliases.project_id, aliases.name, ${version === undefined ? Prisma.sql`aliases.version` : version})
      JOIN alias_targets ON (alias_targets.project_id, alias_targets.name, alias_targets.version) = (alias_versions.project_id, alias_versions.name, alias_versions.version)
      LEFT JOIN jobs ON jobs.id = job_id
      WHERE aliases.project_id = ${projectId} AND aliases.name = ${name} ORDER BY position`),
  );
  const [first] = rows;
  if (!first) return undefined;
  return { version: first.version, createdAt: first.createdAt, ...toSplit(rows.map(({ version: _, createdAt: __, ...target }) => target)) };
}

/** A page of a project's aliases, by name. @param after the name of the last one of the page before */
export async function listAliases(database: Database, projectId: string, { limit, after }: { limit: number; after: string | undefined }): Promise<{ aliases: AliasRecord[]; hasMore: boolean }> {
  const where = { projectId, ...(after !== undefined && { name: { gt: after } }) };
  const rows = await database.run((client) => client.alias.findMany({ where, orderBy: { name: 'asc' }, take: limit + 1, include: withVersions }));
  return { aliases: rows.slice(0, limit).map(toAliasRecord), hasMore: rows.length > limit };
}
