import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { capture, mustRun } from './commands.mjs';
import { root } from './paths.mjs';
import { SetupError } from './setup-error.mjs';
import { step } from './terminal.mjs';

/** Installs the packages of package-lock.json when node_modules does not hold exactly these. */
export async function ensureNodeModules() {
  if (await isInstalled()) return;
  if ((await capture('npm', ['--version'])).code !== 0) {
    throw new SetupError('Trainyard installs its packages with npm and found none on PATH: install npm (it comes with Node.js from https://nodejs.org).');
  }
  await step('Installing packages (npm ci)', () => mustRun('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root }));
}

/**
 * npm records what it installed in node_modules/.package-lock.json, as the last thing it does. Comparing that with
 * package-lock.json takes milliseconds, needs no stamp of our own, and accepts an `npm install` that somebody ran by hand.
 */
async function isInstalled() {
  const [wanted, installed] = await Promise.all([packages(path.join(root, 'package-lock.json')), packages(path.join(root, 'node_modules', '.package-lock.json'))]);
  if (wanted === undefined) throw new SetupError(`${path.join(root, 'package-lock.json')} is missing or damaged: restore it with git.`);
  if (installed === undefined) return false;
  const same = (a, b) => a.version === b.version && a.resolved === b.resolved && a.link === b.link;
  return (
    Object.entries(installed).every(([name, entry]) => wanted[name] !== undefined && same(entry, wanted[name])) &&
    // Optional packages are those of other platforms: npm leaves them out.
    Object.entries(wanted).every(([name, entry]) => name === '' || entry.optional || entry.devOptional || installed[name] !== undefined)
  );
}

async function packages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
