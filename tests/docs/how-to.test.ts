import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exampleNames } from '../../examples/make-data.mjs';
import { docsBlocks } from '../support/docs.js';

// docs/how-to.md beside the examples; that these train and predict is told by tests/e2e/examples.test.ts and real-data.test.ts.

const root = path.resolve(import.meta.dirname, '../..');
const read = (...parts: string[]): Promise<string> => readFile(path.join(root, 'examples', ...parts), 'utf8');
const cases = [...exampleNames, 'digits'];

describe.each(cases)('the case %s', (name) => {
  test('has the job of the example', async () => {
    const { model: _, ...job } = JSON.parse(await read(name, name === 'digits' ? 'spec.json' : 'job.json')) as Record<string, unknown>;
    const [block] = await docsBlocks('how-to.md', `json ${name}`);
    expect(JSON.parse(block ?? '')).toEqual(job);
  });

  test('has the model of the example, and what it is trained by', async () => {
    const [block = ''] = await docsBlocks('how-to.md', `python ${name}`);
    const [model = ''] = block.split(/^(?=.*model\.(?:compile|load_weights)\()/m);
    const own = (await read(name, 'model.py')).split('\n');
    const lines = model.split('\n').filter((line) => /^(model|[a-z_]+ = )/.test(line) && own.some((other) => other.includes(line.split('(')[0]!)));
    for (const line of lines.filter((line) => /^model/.test(line))) expect(own).toContain(line);
    expect(lines.length).toBeGreaterThan(1);
    expect(block).toMatch(/model\.compile\(/);
    expect(block).toMatch(/model\.fit(_generator)?\(/);
  });

  test('has a command that names it', async () => {
    const commands = (await docsBlocks('how-to.md', 'sh')).join('');
    expect(commands).toMatch(name === 'digits' ? /trainyard train examples\/digits\/spec\.json/ : new RegExp(`^node examples/run\\.mjs (?:.* )?${name}$`, 'm'));
  });
});

test('no command names a case that is not there', async () => {
  const named = (await docsBlocks('how-to.md', 'sh')).flatMap((block) => [...block.matchAll(/^node examples\/run\.mjs ([a-z -]*)$/gm)]).flatMap((match) => match[1]!.trim().split(' '));
  for (const name of named.filter((name) => name !== '')) expect(cases).toContain(name);
});
