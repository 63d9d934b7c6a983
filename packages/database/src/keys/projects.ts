import { newProjectId } from '@trainyard/protocol';
import type { Database } from '../database.js';

export interface ProjectRecord {
  readonly id: string;
  readonly name: string;
}

/** The project of that name, made when there is none. */
export async function ensureProject(database: Database, name: string): Promise<ProjectRecord> {
  return database.run(async (client) => {
    await client.project.createMany({ data: [{ id: newProjectId(), name }], skipDuplicates: true });
    return client.project.findUniqueOrThrow({ where: { name }, select: { id: true, name: true } });
  });
}
