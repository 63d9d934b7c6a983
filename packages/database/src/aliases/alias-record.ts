import type { ShadowReport, Signature } from '@trainyard/protocol';
import type { Prisma } from '../generated/client.js';

/** A checkpoint that an alias refers to, with all that predicting takes. */
export interface NewAliasTarget {
  /** Null where the checkpoint is of no job: a copy of the file that `uri` named. */
  readonly jobId: string | null;
  readonly uri: string | null;
  /** Of that file as it was brought, in hexadecimal: what tells whether it is the same. */
  readonly sourceSha256: string | null;
  readonly checkpointId: string;
  readonly filename: string;
  readonly kind: 'model' | 'weights';
  readonly key: string;
  readonly sha256: string;
  readonly signature: Signature;
}

export interface AliasTarget extends NewAliasTarget {
  /** The object by which the job reads raw rows. */
  readonly dataKey: string | null;
}

export type Weighted<T> = T & { readonly weight: number };

export interface AliasVersion {
  readonly version: number;
  readonly createdAt: Date;
  readonly split: readonly Weighted<AliasTarget>[];
  readonly shadow: AliasTarget | null;
  readonly report: ShadowReport;
}

export interface AliasRecord {
  readonly projectId: string;
  readonly name: string;
  /** The one that answers. */
  readonly version: number;
  /** Those that are kept, newest first. */
  readonly versions: readonly AliasVersion[];
  readonly createdAt: Date;
  /** When another version began to answer. */
  readonly movedAt: Date;
}

/** What to include for an {@link AliasRecord}. */
export const withVersions = {
  versions: { orderBy: { version: 'desc' }, include: { targets: { orderBy: { position: 'asc' }, include: { job: { select: { dataKey: true } } } } } },
} as const satisfies Prisma.AliasInclude;

type Row = Prisma.AliasGetPayload<{ include: typeof withVersions }>;
type VersionRow = Row['versions'][number];

export function toAliasRecord({ projectId, name, version, versions, createdAt, movedAt }: Row): AliasRecord {
  return { projectId, name, version, versions: versions.map(toVersion), createdAt, movedAt };
}

function toVersion({ version, createdAt, targets, ...row }: VersionRow): AliasVersion {
  const report = { asked: row.shadowAsked, different: row.shadowDifferent, failed: row.shadowFailed, skipped: row.shadowSkipped, max_difference: row.shadowMaxDifference };
  return { version, createdAt, report, ...toSplit(targets.map((target) => ({ ...toTarget(target), weight: target.weight }))) };
}

/** Targets by what they are for: one without a weight is the shadow. */
export function toSplit(targets: readonly (AliasTarget & { readonly weight: number | null })[]): Pick<AliasVersion, 'split' | 'shadow'> {
  const split = targets.flatMap(({ weight, ...target }) => (weight === null ? [] : [{ ...target, weight }]));
  const [shadow = null] = targets.flatMap(({ weight, ...target }) => (weight === null ? [target] : []));
  return { split, shadow };
}

function toTarget({ jobId, uri, sourceSha256, checkpointId, filename, kind, key, sha256, signature, job }: VersionRow['targets'][number]): AliasTarget {
  return { jobId, uri, sourceSha256, checkpointId, filename, kind: kind as AliasTarget['kind'], key, sha256, signature: signature as unknown as Signature, dataKey: job?.dataKey ?? null };
}
