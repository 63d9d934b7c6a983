import { JobKind, type JobSpec, type JobStatus } from '@trainyard/protocol';
import type { Database } from '../database.js';
import { Prisma } from '../generated/client.js';
import { toJobRecord, withoutArchitecture, type JobRecord, type UserJobRecord } from './job-record.js';

const userKinds = JobKind.options;

/** A project's job of a kind that users see; undefined when there is none, or it is another project's. */
export async function findJob(database: Database, projectId: string, jobId: string): Promise<UserJobRecord | undefined> {
  const row = await database.run((client) => client.job.findFirst({ where: { id: jobId, projectId, kind: { in: userKinds } }, omit: withoutArchitecture }));
  return row === null ? undefined : (toJobRecord(row) as UserJobRecord);
}

/** A job whoever's it is: for workers. */
export async function findAnyJob(database: Database, jobId: string): Promise<JobRecord | undefined> {
  const row = await database.run((client) => client.job.findUnique({ where: { id: jobId }, omit: withoutArchitecture }));
  return row === null ? undefined : toJobRecord(row);
}

/** The whole spec of a job that trains, with its architecture. */
export async function getJobSpec(database: Database, jobId: string): Promise<JobSpec> {
  const row = await database.run((client) =>
    client.job.findUniqueOrThrow({ where: { id: jobId }, select: { spec: true, architecture: true } }),
  );
  return { ...(row.spec as unknown as Omit<JobSpec, 'architecture'>), architecture: row.architecture as JobSpec['architecture'] };
}

export interface ListJobs {
  readonly projectId: string;
  /** Any of these; all that users see when empty or left out. */
  readonly kinds?: readonly JobKind[];
  /** Any of these; all when empty or left out. */
  readonly statuses?: readonly JobStatus[];
  /** Jobs that have each of these entries. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Jobs whose name contains this, in capital or small letters. */
  readonly name?: string | undefined;
  /** Jobs that work, or have worked, from checkpoints of this one. */
  readonly uses?: string | undefined;
  readonly limit: number;
  /** The id of the last job of the page before. */
  readonly after?: string | undefined;
  /** By creation; ids sort by it. */
  readonly order: 'asc' | 'desc';
}

/** A page of a project's jobs. */
export async function listJobs(database: Database, query: ListJobs): Promise<{ jobs: UserJobRecord[]; hasMore: boolean }> {
  const { projectId, kinds = [], statuses = [], metadata = {}, name, uses, limit, after, order } = query;
  const ids = await database.run((client) =>
    client.$queryRaw<{ id: string }[]>(Prisma.sql`
      SELECT id FROM jobs
      WHERE project_id = ${projectId} AND kind IN (${Prisma.join(kinds.length === 0 ? userKinds : kinds)})
        ${statuses.length === 0 ? Prisma.empty : Prisma.sql`AND status::text IN (${Prisma.join(statuses)})`}
        ${Object.keys(metadata).length === 0 ? Prisma.empty : Prisma.sql`AND metadata @> ${JSON.stringify(metadata)}::jsonb`}
        ${name === undefined ? Prisma.empty : Prisma.sql`AND strpos(lower(name), lower(${name})) > 0`}
        ${uses === undefined ? Prisma.empty : Prisma.sql`AND id IN (SELECT job_id FROM object_uses WHERE owner_id = ${uses})`}
        ${after === undefined ? Prisma.empty : order === 'asc' ? Prisma.sql`AND id > ${after}` : Prisma.sql`AND id < ${after}`}
      ORDER BY id ${order === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`}
      LIMIT ${limit + 1}`),
  );
  const page = ids.slice(0, limit).map(({ id }) => id);
  const rows = await database.run((client) =>
    client.job.findMany({ where: { id: { in: page } }, orderBy: { id: order }, omit: withoutArchitecture }),
  );
  return { jobs: rows.map((row) => toJobRecord(row) as UserJobRecord), hasMore: ids.length > limit };
}

/** How many queued jobs, of all projects, run before this one. */
export async function queuePosition(database: Database, job: JobRecord): Promise<number | null> {
  if (job.status !== 'queued') return null;
  const [row] = await database.run((client) =>
    client.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) AS count FROM jobs, (SELECT priority, queued_at, id FROM jobs WHERE id = ${job.id}) AS me
      WHERE jobs.status = 'queued' AND jobs.id <> me.id
        AND (jobs.priority > me.priority OR jobs.priority = me.priority AND (jobs.queued_at, jobs.id) < (me.queued_at, me.id))`,
  );
  return Number(row?.count ?? 0);
}

/** The same of many jobs, in one question; jobs that are not queued are left out. */
export async function queuePositions(database: Database, jobs: readonly JobRecord[]): Promise<ReadonlyMap<string, number>> {
  const ids = jobs.filter(({ status }) => status === 'queued').map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const rows = await database.run((client) =>
    client.$queryRaw<{ id: string; before: bigint }[]>(Prisma.sql`
      SELECT id, before FROM (SELECT id, row_number() OVER (ORDER BY priority DESC, queued_at, id) - 1 AS before FROM jobs WHERE status = 'queued') AS queue
      WHERE id IN (${Prisma.join(ids)})`),
  );
  return new Map(rows.map(({ id, before }) => [id, Number(before)]));
}

/** How many jobs there are in each status: for operators. */
export async function countJobs(database: Database): Promise<Partial<Record<JobStatus, number>>> {
  const rows = await database.run((client) => client.job.groupBy({ by: ['status'], _count: { _all: true } }));
  return Object.fromEntries(rows.map((row) => [row.status, row._count._all]));
}
