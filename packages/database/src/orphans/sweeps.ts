import type { Database } from '../database.js';

/** What the sweeps for orphans have come to, of all workers together. */
export interface SweepTotals {
  /** Objects, and their bytes, that were removed since there is this database. */
  readonly objects: number;
  readonly bytes: number;
  /** When the last sweep ended; null before the first. */
  readonly endedAt: Date | null;
}

/** Whether a sweep is due, which then is the caller's: nobody else's for as long. */
export async function beginSweep(database: Database, everyMs: number): Promise<boolean> {
  const begun = await database.run((client) =>
    client.$executeRaw`
      INSERT INTO sweeps (name, started_at) VALUES ('orphans', now())
      ON CONFLICT (name) DO UPDATE SET started_at = now() WHERE sweeps.started_at <= now() - ${everyMs} * interval '1 millisecond'`,
  );
  return begun > 0;
}

/** Adds what was removed, while a sweep goes on. */
export async function countRemoved(database: Database, { objects, bytes }: { objects: number; bytes: number }): Promise<void> {
  await database.run((client) =>
    client.$executeRaw`
      INSERT INTO sweeps (name, started_at, objects, bytes) VALUES ('orphans', now(), ${objects}, ${bytes})
      ON CONFLICT (name) DO UPDATE SET objects = sweeps.objects + ${objects}, bytes = sweeps.bytes + ${bytes}`,
  );
}

export async function endSweep(database: Database): Promise<void> {
  await database.run((client) => client.$executeRaw`UPDATE sweeps SET ended_at = now() WHERE name = 'orphans'`);
}

export async function sweepTotals(database: Database): Promise<SweepTotals> {
  const row = await database.run((client) => client.sweep.findUnique({ where: { name: 'orphans' } }));
  return { objects: Number(row?.objects ?? 0), bytes: Number(row?.bytes ?? 0), endedAt: row?.endedAt ?? null };
}
