import { encodeNpz } from '@trainyard/ndarray';
import { ObjectStoreUnavailableError, type ObjectStore } from '@trainyard/object-store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { counting, sameBytes, temporaryStore, type TemporaryStore } from '../testing/temporary-store.js';
import { findShards } from './find-shards.js';
import { globPattern, literalPrefix } from './glob.js';
import { retrying } from './retry.js';

const quick = { attempts: 4, firstDelayMs: 1, maxDelayMs: 5 };

describe('globs', () => {
  test.each([
    ['train/*.npz', ['train/1.npz', 'train/.npz'], ['train/a/1.npz', 'train/1.npzx', 'xtrain/1.npz']],
    ['train/**/*.npz', ['train/1.npz', 'train/a/1.npz', 'train/a/b/1.npz'], ['train/1.csv']],
    ['train/**', ['train/1', 'train/a/b'], ['train']],
    ['part-?.csv', ['part-1.csv'], ['part-.csv', 'part-12.csv', 'part-/.csv']],
    ['part-[0-3a].csv', ['part-2.csv', 'part-a.csv'], ['part-4.csv']],
    ['part-[!0-3].csv', ['part-4.csv'], ['part-2.csv', 'part-/.csv']],
    ['{train,test}/a.{npz,csv}', ['train/a.npz', 'test/a.csv'], ['train/a.npy', 'rain/a.npz']],
    ['a.b+(c)|d$^', ['a.b+(c)|d$^'], ['aXb+(c)|d$^']],
    ['ünï/*', ['ünï/日本'], ['uni/x']],
  ])('%s', (pattern, matches, others) => {
    const regex = globPattern(pattern);
    for (const key of matches) expect(regex.test(key), key).toBe(true);
    for (const key of others) expect(regex.test(key), key).toBe(false);
    for (const key of matches) expect(key.startsWith(literalPrefix(pattern))).toBe(true);
  });

  test.each(['a[b', '{a,b'])('%s is no pattern', (pattern) => {
    expect(() => globPattern(pattern)).toThrow(SyntaxError);
  });
});

describe('finding shards', () => {
  let files: TemporaryStore;
  beforeEach(async () => {
    files = await temporaryStore();
    for (const path of ['t/2.npz', 't/10.npz', 't/1.npz', 't/sub/3.npz', 't/_SUCCESS', 't/.hidden/4.npz', 't2/5.npz', 'odd[1].npz']) await files.put(`files/${path}`, encodeNpz([['x', counting([1, 1])]]));
  });
  afterEach(() => files.remove());

  const find = async (...uris: string[]) =>
    (await findShards(uris, (uri) => ({ store: files.store, prefix: uri.startsWith('s3://bucket/') ? `projects/p/files/${uri.slice(12)}` : `projects/p/${uri}` }), quick)).map(({ name }) => name);

  test('a key, a folder, a glob, a list; in the order of the keys; named as the user names them', async () => {
    expect(await find('files/t/1.npz')).toEqual(['files/t/1.npz']);
    expect(await find('files/t/')).toEqual(['files/t/1.npz', 'files/t/10.npz', 'files/t/2.npz', 'files/t/sub/3.npz']);
    expect(await find('files/t')).toEqual(await find('files/t/'));
    expect(await find('files/t/?.npz')).toEqual(['files/t/1.npz', 'files/t/2.npz']);
    expect(await find('files/t2/*', 'files/t/1.npz')).toEqual(['files/t2/5.npz', 'files/t/1.npz']);
    expect(await find('files/odd[1].npz')).toEqual(['files/odd[1].npz']);
    expect(await find('s3://bucket/t/*.npz')).toEqual(['s3://bucket/t/1.npz', 's3://bucket/t/10.npz', 's3://bucket/t/2.npz']);
  });

  test.each([
    ['files/nothing.npz', 'files/nothing.npz: there is no such file, and no folder of this name', 'data_not_found'],
    ['files/nothing/', 'files/nothing/: the folder is empty', 'data_not_found'],
    ['files/t/*.csv', 'files/t/*.csv: no file matches', 'data_not_found'],
    ['files/t/[a', 'files/t/[a: not a valid pattern: "[" is not closed', 'data_invalid'],
  ])('%s', async (uri, message, code) => {
    await expect(find(uri)).rejects.toMatchObject({ name: 'DataError', message, code, pointer: '/uri' });
  });

  test('a file that is named twice, and one that leaves the project', async () => {
    await expect(find('files/t/*.npz', 'files/t/1.npz')).rejects.toThrow('files/t/1.npz: the source names this file twice');
    await expect(find('files/../../other/x.npz')).rejects.toMatchObject({ name: 'DataError', code: 'data_invalid' });
  });

  test('formats: from the suffix, of one kind only', async () => {
    await files.put('files/m/a.csv', 'a,y\n1,2\n');
    await files.put('files/m/a.npz', encodeNpz([['x', counting([1, 1])]]));
    await files.put('files/m2/README.md', 'read me');
    await expect(files.open({ uri: 'files/m/' })).rejects.toThrow(/expected files of one format, received files\/m\/a\.csv \(csv\) and files\/m\/a\.npz \(npz\)/);
    await expect(files.open({ uri: 'files/m2/' })).rejects.toThrow(/files\/m2\/README\.md: the name's suffix tells no format; give "format"/);
  });
});

describe('a store that is unavailable for a while', () => {
  let files: TemporaryStore;
  beforeEach(async () => {
    files = await temporaryStore();
  });
  afterEach(() => files.remove());

  /** A store that refuses each `every`-th call, as a server does that is being restarted. */
  function failing(store: ObjectStore, refuse: (call: number) => boolean): ObjectStore {
    let calls = 0;
    const check = () => {
      if (refuse(++calls)) throw new ObjectStoreUnavailableError(`call ${calls} was refused`);
    };
    return {
      put: (...args) => store.put(...args),
      delete: (keys) => store.delete(keys),
      list: (prefix) => store.list(prefix),
      folders: (prefix) => store.folders(prefix),
      read: (key) => store.read(key),
      stat: async (key) => (check(), store.stat(key)),
      get: async (...args) => (check(), store.get(...args)),
    };
  }

  test('calls are repeated, and no row is lost or doubled', async () => {
    const x = counting([3000, 1000]);
    await files.put('files/a.npz', encodeNpz([['x', x]], { compress: true }));
    const flaky = failing(files.store, (call) => call % 3 !== 0);
    const dataset = await files.open({ uri: 'files/a.npz' }, { outputs: [], retry: quick, resolve: (uri) => ({ store: flaky, prefix: `projects/p/${uri}` }) });
    expect(sameBytes((await dataset.load()).x[0]!, x)).toBe(true);
  });

  test('after the last attempt the failure is one that the job may be tried again for', async () => {
    await files.put('files/a.npz', encodeNpz([['x', counting([3, 1])]]));
    const gone = failing(files.store, (call) => call > 5);
    const dataset = await files.open({ uri: 'files/a.npz' }, { outputs: [], retry: quick, resolve: (uri) => ({ store: gone, prefix: `projects/p/${uri}` }) });
    await expect(dataset.load().then(() => dataset.load())).rejects.toMatchObject({ name: 'ObjectStoreUnavailableError', retryable: true });
  });

  test('waiting for the next attempt ends with the signal', async () => {
    const controller = new AbortController();
    const waiting = retrying(() => Promise.reject(new ObjectStoreUnavailableError('away')), { attempts: 9, firstDelayMs: 60_000, maxDelayMs: 60_000 }, controller.signal);
    setTimeout(() => controller.abort(new Error('cancelled')), 10);
    await expect(waiting).rejects.toThrow('cancelled');
  });

  test('a stream ends with the reason of its signal, also while it waits for a slow consumer', async () => {
    await files.put('files/a.npz', encodeNpz([['x', counting([100, 1])]]));
    const dataset = await files.open({ uri: 'files/a.npz' }, { outputs: [] });
    const controller = new AbortController();
    const consume = async () => {
      let taken = 0;
      for await (const _batch of dataset.stream({ batchSize: 1, seed: 0, shuffle: true, maxQueueSize: 2, signal: controller.signal })) if (++taken === 5) controller.abort(new Error('the user cancelled'));
    };
    await expect(consume()).rejects.toThrow('the user cancelled');
  });
});
