import { beginSweep, countRemoved, endSweep, type Database } from '@trainyard/database';
import type { ObjectStore } from '@trainyard/object-store';
import { findOrphans, type Orphans, type UnknownProject } from './find-orphans.js';

export interface SweepOptions {
  /** Whether what is found is removed, or only told. */
  readonly remove: boolean;
  readonly minAgeMs?: number;
  readonly onFound: (found: Orphans | UnknownProject) => void;
  /** Aborts between two jobs. */
  readonly signal?: AbortSignal;
}

/** What a sweep found. */
export interface SweepReport {
  readonly objects: number;
  readonly bytes: number;
  readonly unknownProjects: number;
}

/** Goes through the storage once, and removes the objects that no row names, or only tells them. Those of unknown projects are never removed. */
export async function sweepOrphans(database: Database, store: ObjectStore, options: SweepOptions): Promise<SweepReport> {
  const { remove, onFound, signal } = options;
  const report = { objects: 0, bytes: 0, unknownProjects: 0 };
  for await (const found of findOrphans(database, store, options)) {
    if (signal?.aborted) break;
    onFound(found);
    if (!('objects' in found)) {
      report.unknownProjects++;
      continue;
    }
    const sum = { objects: found.objects.length, bytes: found.objects.reduce((bytes, object) => bytes + object.bytes, 0) };
    if (remove) {
      await store.delete(found.objects.map(({ key }) => key));
      await countRemoved(database, sum);
    }
    report.objects += sum.objects;
    report.bytes += sum.bytes;
  }
  if (remove && !signal?.aborted) await endSweep(database);
  return report;
}

/**
 * The same where it is due: of any number of workers one sweeps, so often.
 *
 * @returns undefined when it is not due.
 */
export async function sweepOrphansWhenDue(database: Database, store: ObjectStore, everyMs: number, options: SweepOptions): Promise<SweepReport | undefined> {
  return (await beginSweep(database, everyMs)) ? sweepOrphans(database, store, options) : undefined;
}
