// What is made from sources: the Prisma client, the compiled packages, the web page. Each is made again only when its inputs changed.
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleFiles, bundlePrograms } from './bundle-programs.mjs';
import { mustRun } from './commands.mjs';
import { root } from './paths.mjs';
import { step } from './terminal.mjs';

const stampFolder = path.join(root, 'node_modules', '.cache', 'trainyard');

/** Generates the Prisma client when the schema, its configuration or Prisma's version changed. */
export async function ensurePrismaClient() {
  const inputs = ['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json'].map((file) => path.join(root, file));
  const contents = await Promise.all(inputs.map((file) => readFile(file)));
  const output = /^\s*output\s*=\s*"([^"]+)"/m.exec(contents[0].toString())?.[1] ?? '';
  const made = path.join(root, 'prisma', output, 'client.ts');
  const make = await whenStale('prisma', hashOf(contents), [made], () =>
    step('Generating the Prisma client', () => mustRun('prisma generate', process.execPath, ['node_modules/prisma/build/index.js', 'generate'], { cwd: root })),
  );
  await make?.();
}

/** Compiles packages and apps (`tsc -b`), bundles what our processes run, and the web page, when a source of theirs changed: both at once, on a processor each. */
export async function ensureBuild() {
  const makes = (await Promise.all([packagesBuild(), dashboardBuild()])).filter((make) => make !== undefined);
  if (makes.length > 0) await step('Compiling', () => Promise.all(makes.map((make) => make())));
}

async function packagesBuild() {
  const references = JSON.parse(await readFile(path.join(root, 'tsconfig.json'), 'utf8')).references.map((reference) => path.join(root, reference.path));
  const listed = await Promise.all(references.map(describeSources));
  const outputs = [...references.map((folder) => path.join(folder, 'dist', '.tsbuildinfo')), ...bundleFiles];
  const others = ['tsconfig.base.json', 'package-lock.json', 'scripts/lib/bundle-programs.mjs'].map((file) => readFile(path.join(root, file)));
  return whenStale('build', hashOf([...(await Promise.all(others)), ...listed]), outputs, async () => {
    await mustRun('The TypeScript build', process.execPath, ['node_modules/typescript/bin/tsc', '-b'], { cwd: root });
    await bundlePrograms();
  });
}

/** Vite reads the sources of the packages that the page uses, so it does not wait for their compilation. */
async function dashboardBuild() {
  const folder = path.join(root, 'apps/dashboard');
  const sources = [folder, ...['client', 'protocol'].map((name) => path.join(root, 'packages', name))];
  const others = [path.join(folder, 'index.html'), path.join(folder, 'vite.config.ts'), path.join(root, 'docs/errors.md'), path.join(root, 'node_modules/vite/package.json')];
  const listed = await Promise.all([...sources.map(describeSources), ...others.map((file) => readFile(file))]);
  return whenStale('dashboard', hashOf(listed), [path.join(folder, 'dist/index.html')], () =>
    mustRun('The build of the web page', process.execPath, [path.join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], { cwd: folder }),
  );
}

/** Undefined where what was made is there and its inputs are the same; else what makes it. */
async function whenStale(name, hash, outputs, make) {
  const stamp = path.join(stampFolder, name);
  const present = await Promise.all(outputs.map((file) => access(file).then(() => true, () => false)));
  if (present.every(Boolean) && (await readFile(stamp, 'utf8').catch(() => '')) === hash) return undefined;
  return async () => {
    await make();
    await mkdir(stampFolder, { recursive: true });
    await writeFile(stamp, hash);
  };
}

/** Path, size and modification time of every source file of a project: enough to notice a change, without reading them. */
async function describeSources(folder) {
  const files = (await readdir(path.join(folder, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const all = [path.join(folder, 'package.json'), path.join(folder, 'tsconfig.json'), ...files].sort();
  const stats = await Promise.all(all.map((file) => stat(file)));
  return all.map((file, i) => `${path.relative(root, file)} ${stats[i].size} ${stats[i].mtimeMs}`).join('\n');
}

function hashOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}
