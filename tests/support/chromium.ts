import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The Chromium of this machine, as its packages install it; undefined where there is none. */
async function findChromium(): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  for (const candidate of folders.flatMap((folder) => names.map((name) => path.join(folder, name)))) {
    const there = await access(candidate, constants.X_OK).then(() => true, () => false);
    if (there) return candidate;
  }
  return undefined;
}

const executable = await findChromium();

/** Why the tests that need a browser are skipped; undefined when they are not. */
export const noChromium = executable === undefined ? 'no Chromium on PATH: apt-get install chromium' : undefined;

/** Starts a browser that sends nothing to anybody by itself. */
export async function startChromium(): Promise<Browser> {
  if (executable === undefined) throw new Error(noChromium);
  return chromium.launch({
    executablePath: executable,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}
