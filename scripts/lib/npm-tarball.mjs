import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { capture, mustRun } from './commands.mjs';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';
import { SetupError } from './setup-error.mjs';
import { step } from './terminal.mjs';
import { removeLeftovers } from './wheel.mjs';

/**
 * Fetches a package of npm's as the one file that it is published as, for what is too large to be installed with every clone.
 * Nothing of it is run, and what it depends on is not fetched. Concurrent calls wait for each other.
 *
 * @param {{ title: string, name: string, version: string, integrity: string }} tarball `integrity` as package-lock.json has it
 * @param {string} file where it is kept, in a folder of its own
 * @throws SetupError that says what is missing
 */
export async function ensureNpmTarball(tarball, file) {
  if (await isWhole(tarball, file)) return;
  const waiting = (pid) => console.error(`${tarball.title}: waiting for process ${pid}, which fetches it already`);
  await withLock(
    `${file}.lock`,
    async () => {
      if (await isWhole(tarball, file)) return;
      await removeLeftovers(`${file}.download-`);
      await download(tarball, file);
    },
    waiting,
  );
}

async function download(tarball, file) {
  const { title, name, version, integrity } = tarball;
  if ((await capture('npm', ['--version'])).code !== 0) throw new SetupError(`${title} is fetched with npm, and there is none on PATH: install npm (it comes with Node.js from https://nodejs.org).`);
  await mkdir(path.dirname(file), { recursive: true });
  const folder = await mkdtemp(`${file}.download-`);
  try {
    // From the clone's folder: its .npmrc says where packages come from.
    await step(`Downloading ${title}`, () =>
      mustRun(`Downloading ${name}@${version} with npm`, 'npm', ['pack', `${name}@${version}`, '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'], { cwd: root }),
    );
    const [packed = ''] = await readdir(folder);
    if (!(await isWhole(tarball, path.join(folder, packed)))) {
      throw new SetupError(`${name}@${version} from this registry is not the file that Trainyard was tested with (${integrity} expected): check npm's settings (npm config list).`);
    }
    await rename(path.join(folder, packed), file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the file is there, with the hash that it must have. */
async function isWhole({ integrity }, file) {
  const content = await readFile(file).catch(() => undefined);
  return content !== undefined && `sha512-${createHash('sha512').update(content).digest('base64')}` === integrity;
}
