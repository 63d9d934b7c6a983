import { findProjects, objectsOfDatasets, objectsOfJobs, objectsOfModels, type Database } from '@trainyard/database';
import type { ObjectInfo, ObjectStore } from '@trainyard/object-store';

/*
 * Objects that no row names: of a job whose deletion was cut short, of an attempt that stored a checkpoint and died before it
 * committed the row, of a worker that was taken for dead and was not. They do no harm but take room.
 *
 * The storage is gone through folder by folder, so what is in memory is one job's objects and the names of a hundred jobs. Each
 * folder is listed first and its rows are read afterwards: an object that is older than a day when it is listed, and that no row
 * names then, is one whose row will never come, since rows follow their objects within minutes.
 */

/** Objects of one job, dataset, or copy of a served file, that no row names. */
export interface Orphans {
  readonly projectId: string;
  readonly kind: 'job' | 'dataset' | 'model';
  readonly id: string;
  /** Whether there is no such job (dataset, copy) any more. */
  readonly gone: boolean;
  readonly objects: readonly ObjectInfo[];
}

/** A project of which the database knows nothing: another installation's, or the database is an old or a wrong one. */
export interface UnknownProject {
  readonly projectId: string;
}

export const leastAgeMs = 86_400_000;

/** What attempts write into the folders, by the database's leave. Of a job that is there, only these are judged. */
interface Folder {
  readonly kind: Orphans['kind'];
  readonly name: string;
  readonly namedByRows: RegExp;
  readonly named: (database: Database, ids: readonly string[]) => Promise<Map<string, ReadonlySet<string>>>;
}

const folders: readonly Folder[] = [
  { kind: 'job', name: 'jobs', namedByRows: /^(checkpoints\/|snapshots\/|predictions\/|data-\d+\.json$)/, named: objectsOfJobs },
  { kind: 'dataset', name: 'datasets', namedByRows: /^state-\d+\.json$/, named: objectsOfDatasets },
  { kind: 'model', name: 'models', namedByRows: /^model\.h5$/, named: objectsOfModels },
];

/** Finds orphans that are at least so old, project by project, job by job. */
export async function* findOrphans(database: Database, store: ObjectStore, { minAgeMs = leastAgeMs }: { minAgeMs?: number } = {}): AsyncGenerator<Orphans | UnknownProject> {
  const before = Date.now() - minAgeMs;
  for await (const projectId of store.folders('projects/')) {
    if (!(await findProjects(database, [projectId])).has(projectId)) {
      yield { projectId };
      continue;
    }
    for (const folder of folders) yield* orphansIn(database, store, folder, projectId, before);
  }
}

async function* orphansIn(database: Database, store: ObjectStore, folder: Folder, projectId: string, before: number): AsyncGenerator<Orphans> {
  const { kind, name, namedByRows, named } = folder;
  for await (const id of store.folders(`projects/${projectId}/${name}/`)) {
    const prefix = `projects/${projectId}/${name}/${id}/`;
    const old: ObjectInfo[] = [];
    for await (const object of store.list(prefix)) if (object.modified.getTime() < before) old.push(object);
    if (old.length === 0) continue;
    const keys = (await named(database, [id])).get(id);
    const objects = keys === undefined ? old : old.filter(({ key }) => namedByRows.test(key.slice(prefix.length)) && !keys.has(key));
    if (objects.length > 0) yield { projectId, kind, id, gone: keys === undefined, objects };
  }
}
