import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openObjectStore } from '@trainyard/object-store';
import { afterAll, beforeAll } from 'vitest';
import { checkObjectStore } from '../support/check-object-store.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trainyard-objects-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

checkObjectStore('filesystem', () => openObjectStore(pathToFileURL(directory).href));
