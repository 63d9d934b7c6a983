import type { Client } from '@trainyard/client';
import type { ModelResource } from '@trainyard/protocol';
import { expect, it } from 'vitest';
import { models, serve } from './serve.js';

const job = 'job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D';
const target = { job, checkpoint: 'ckpt_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D', filename: 'final.h5', uri: null };
const at = '2026-01-01T00:00:00.000Z';
const model = (changes: Partial<ModelResource>): ModelResource => ({
  ...{ object: 'model', name: 'digits', kind: 'alias', version: 2, split: [{ ...target, weight: 1 }], shadow: null, versions: [] },
  ...{ created_at: at, updated_at: at, model_version_status: [], ...changes },
});
const metadata = { name: 'digits', versions: ['2'], platform: 'keras', inputs: [{ name: 'x', datatype: 'FP32' as const, shape: [-1, 2, 2] }], outputs: [] };

async function run(named: string): Promise<{ asked: unknown[]; printed: string }> {
  const asked: unknown[] = [];
  let printed = '';
  const served = { set: async (...given: unknown[]) => (asked.push(...given), model({})), metadata: async () => metadata };
  const out = { isTerminal: false, columns: 80, write: (text: string) => void (printed += text) };
  await serve({ models: served } as unknown as Client, 'digits', named, {}, { url: 'http://127.0.0.1:8000', apiKey: 'ty_1' }, out);
  return { asked, printed };
}

it('names a checkpoint of a job, and shows how to ask', async () => {
  const { asked, printed } = await run(`${job}@epoch-3`);
  expect(asked).toEqual(['digits', { job, checkpoint: 'epoch-3', shadow: null }]);
  expect(printed.split('\n')).toEqual([
    `digits is version 2: final.h5 of ${job}`,
    `  curl -H "Authorization: Bearer $TRAINYARD_API_KEY" http://127.0.0.1:8000/v1/models/digits:predict -d '{"instances":[[[0,0],[0,0]]]}'`,
    `  curl -H "Authorization: Bearer $TRAINYARD_API_KEY" http://127.0.0.1:8000/v2/models/digits/infer -d '{"inputs":[{"name":"x","shape":[1,2,2],"datatype":"FP32","data":[0,0,0,0]}]}'`,
    '',
  ]);
  expect((await run(job)).asked[1]).toEqual({ job, shadow: null });
  expect((await run('files/m.h5')).asked[1]).toEqual({ uri: 'files/m.h5', shadow: null });
  await expect(run('job_1')).rejects.toThrow('job_1: expected the id of a job');
});

it('lists what answers, with the parts of a split', async () => {
  const split = [{ ...target, weight: 3 }, { ...target, job: null, uri: 'files/m.h5', weight: 1 }];
  const lines: string[] = [];
  await models({ models: { list: async () => ({ data: [model({ split })] }) } } as unknown as Client, { limit: 20 }, (line) => lines.push(line));
  expect(lines[1]).toContain(`75 % final.h5 of ${job}, 25 % files/m.h5`);
});
