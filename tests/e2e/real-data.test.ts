import { readdir } from 'node:fs/promises';
import { Client } from '@trainyard/client';
import type { NdArray } from '@trainyard/ndarray';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { realExamples } from '../../examples/make-data.mjs';
import { runExample, trainExample } from '../../examples/run.mjs';
import { ensureCorpus } from '../../examples/spam/corpus.mjs';
import { SetupError } from '../../scripts/lib/setup-error.mjs';
import { startSeaweed, whyNoSeaweed, type Seaweed } from '../support/seaweed.js';
import { Stack } from '../support/stack.js';

// The examples on real data, each trained on objects in a directory and on objects in S3.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

/** Why the mails cannot be had; `undefined` once they are in the cache. */
const whyNoCorpus = (): Promise<string | undefined> =>
  ensureCorpus().then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof SetupError) return error.message.split('\n')[0];
      throw error;
    },
  );

const noSeaweed = await whyNoSeaweed();
const missing: Record<string, string | undefined> = { spam: await whyNoCorpus() };

/** The validation accuracy that each reaches in its last epoch, at least. */
const leastAccuracy: Record<string, number> = { penguins: 0.95, 'digits-shards': 0.95, 'digits-images': 0.95, spam: 0.95 };

/** What the first eight rows of each are: raw rows are predicted as they are in the files. */
const firstClasses: Record<string, readonly number[]> = {
  penguins: [0, 0, 0, 0, 0, 0, 0, 0],
  'digits-shards': [2, 8, 2, 6, 6, 7, 1, 9],
  'digits-images': [2, 8, 2, 6, 6, 7, 1, 9],
  spam: [1, 0, 0, 0, 0, 1, 0, 0],
};

function classesOf({ shape, data }: NdArray): number[] {
  const [rows = 0, width = 1] = shape;
  const row = (i: number): number[] => Array.from(data.subarray(i * width, (i + 1) * width), Number);
  return Array.from({ length: rows }, (_, i) => (width === 1 ? Math.round(row(i)[0]!) : row(i).indexOf(Math.max(...row(i)))));
}

describe.skipIf(noSeaweed !== undefined)(`real data${noSeaweed === undefined ? '' : ` (skipped: ${noSeaweed})`}`, () => {
  let seaweed: Seaweed;
  const stacks: Stack[] = [];
  beforeAll(async () => {
    seaweed = await startSeaweed();
    for (const options of [{ predictor: true }, { seaweed }]) {
      const stack = await Stack.start(options);
      stacks.push(stack);
      await stack.startWorker();
    }
  });
  afterAll(async () => {
    await Promise.all(stacks.map((stack) => stack.stop()));
    await seaweed.stop();
  });

  for (const name of realExamples) {
    const reason = missing[name];
    it.skipIf(reason !== undefined)(`${name}: the same History from S3 as from a directory${reason === undefined ? '' : ` (skipped: ${reason})`}`, async () => {
      const [directory, s3] = stacks.map(({ api }) => new Client({ url: api.url })) as [Client, Client];
      const { history, predictions } = await runExample(directory, name);
      expect(history['val_acc']?.at(-1)).toBeGreaterThanOrEqual(leastAccuracy[name]!);
      expect((await trainExample(s3, name)).history).toEqual(history);
      expect(classesOf(predictions.get('output')!)).toEqual(firstClasses[name]);
    });
  }

  it('nothing of what was in S3 was in the directory beside it', async () => {
    expect(await readdir(stacks[0]!.folder)).not.toEqual([]);
    expect(await readdir(stacks[1]!.folder)).toEqual([]);
  });
});
