import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

interface Manifest {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** Everything of this workspace that an app needs, directly or through others. */
async function reachable(start: string): Promise<Set<string>> {
  const found = new Set<string>();
  const visit = async (folder: string): Promise<void> => {
    const text = await readFile(new URL(`../../../${folder}/package.json`, import.meta.url), 'utf8');
    const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(text) as Manifest;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      if (found.has(name)) continue;
      found.add(name);
      if (name.startsWith('@trainyard/')) await visit(`packages/${name.slice('@trainyard/'.length)}`);
    }
  };
  await visit(start);
  return found;
}

test('the API cannot reach libtensorflow', async () => {
  const packages = await reachable('apps/api');
  expect([...packages]).toContain('@trainyard/engine'); // the walk does walk
  for (const native of ['@trainyard/tensorflow', 'koffi', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu']) expect([...packages]).not.toContain(native);
});

test('the worker can: the test above would notice', async () => {
  expect([...(await reachable('apps/worker'))]).toContain('@trainyard/tensorflow');
});
