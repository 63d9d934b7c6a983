import type { Orphans, UnknownProject } from '@trainyard/housekeeping';
import { openParts } from '../up/open-parts.js';
import type { CliEnv } from '../env.js';
import { toJson } from '../terminal/output.js';

export interface SweepCommandOptions {
  readonly remove?: boolean;
  readonly minAge: number;
  readonly json?: boolean;
}

/** `trainyard sweep`: shows the objects that no row of the database names, and with `--remove` removes them. */
export async function sweep(env: CliEnv, { remove = false, minAge, json = false }: SweepCommandOptions, print: (line: string) => void): Promise<void> {
  const { sweepOrphans } = await import('@trainyard/housekeeping');
  const { database, store } = await openParts(env);
  try {
    const { objects, bytes, unknownProjects } = await sweepOrphans(database, store, { remove, minAgeMs: minAge * 3_600_000, onFound: (found) => (json ? undefined : tell(found, print)) });
    if (json) return print(toJson({ objects, bytes, unknown_projects: unknownProjects, removed: remove }));
    if (unknownProjects > 0) print('Objects of projects that this database does not know are left alone: look whether DATABASE_URL and OBJECT_STORE_URL belong together.');
    const what = `${objects} objects, ${(bytes / 2 ** 20).toFixed(1)} MB, that no row names`;
    print(remove ? `Removed ${what}.` : `Found ${what}.${objects > 0 ? ' They stay; --remove removes them.' : ''}`);
  } finally {
    await database.close();
  }
}

function tell(found: Orphans | UnknownProject, print: (line: string) => void): void {
  if (!('objects' in found)) return print(`projects/${found.projectId}/  unknown project`);
  for (const { key, bytes, modified } of found.objects) print(`${key}  ${bytes} bytes  ${modified.toISOString()}${found.gone ? `  the ${found.kind} is gone` : ''}`);
}
