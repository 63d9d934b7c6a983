import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';

/** The data directory of one `trainyard up`, and where in it things are. */
export interface Home {
  readonly root: string;
  readonly postgres: string;
  readonly redis: string;
  readonly objects: string;
  readonly logs: string;
  /** Copies of server binaries that the servers' user cannot execute where they are installed. */
  readonly runtime: string;
  readonly secrets: string;
  readonly credentials: string;
}

export function homeAt(root: string): Home {
  const at = (name: string): string => path.join(root, name);
  return {
    root,
    postgres: at('postgres'),
    redis: at('redis'),
    objects: at('objects'),
    logs: at('logs'),
    runtime: at('runtime'),
    secrets: at('secrets.json'),
    credentials: at('credentials.json'),
  };
}

/** Creates the directory. Others may pass through it (the servers' user must), and can read nothing of ours in it. */
export async function createHome(home: Home): Promise<void> {
  await mkdir(home.root, { recursive: true });
  await chmod(home.root, 0o711);
  for (const folder of [home.objects, home.logs]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(home.runtime, { recursive: true });
  await chmod(home.runtime, 0o711);
}
