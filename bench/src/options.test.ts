import { expect, it } from 'vitest';

import { readCases } from './cases.js';
import { peerNames } from './contenders/peers.js';
import { servedNames } from './predict/served-names.js';
import { parseOptions, suiteNames } from './options.js';

it('has defaults', () => {
  expect(parseOptions([])).toEqual({ suites: ['fit'], cases: ['mlp_binary'], peers: peerNames, models: servedNames, repeats: 5, seconds: 1, jobs: 20, scale: 1, json: undefined, help: false });
});

it('takes several names in every usual way', () => {
  const { cases, peers, repeats, json } = parseOptions(['--case', 'vqa', 'tweets', '--peer=k208,tfk', '--case', 'vgg_like', '--repeats', '7', '--json', 'out.json']);
  expect({ cases, peers, repeats, json }).toEqual({ cases: ['vqa', 'tweets', 'vgg_like'], peers: ['k208', 'tfk'], repeats: 7, json: 'out.json' });
});

it('takes suites as it takes cases', () => {
  expect(parseOptions(['--suite', 'jobs', 'fit', '--jobs', '3'])).toMatchObject({ suites: ['jobs', 'fit'], jobs: 3 });
  expect(parseOptions(['--suite=all']).suites).toEqual(suiteNames);
});

it.each([
  [['--suite', 'speed'], '--suite: expected all or some of fit, growth, h5, jobs, data, predict, received speed'],
  [['--model', 'mlp'], '--model: expected all or some of mlp-binary, lstm-seq, wide, received mlp'],
  [['--jobs', '1.5'], '--jobs: expected a whole number of at least 1, received 1.5'],
  [['--peer', 'theano'], '--peer: expected all or some of k208, tfk, k3_auto, k3_nojit, k3_jax, received theano'],
  [['--repeats', '0'], '--repeats: expected a whole number of at least 1, received 0'],
  [['--repeats', ''], '--repeats: expected a whole number of at least 1'],
  [['--seconds', 'long'], '--seconds: expected a number above 0, received long'],
  [['mlp_binary'], 'expected an option, received mlp_binary'],
  [['--speed'], '--speed'],
])('refuses %j', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});

it('reads every case, and says which there are', async () => {
  const all = await readCases(['all']);
  expect(all.map(({ name }) => name)).toEqual(['mlp_binary', 'mlp_multiclass', 'functional_mlp', 'video_td', 'lstm_seq', 'aux_lstm', 'tweets', 'vgg_like', 'vqa']);
  for (const { model, inputs, targets } of all) {
    expect(model['keras_version']).toBe('2.0.8');
    expect(inputs.length * targets.length).toBeGreaterThan(0);
  }
  await expect(readCases(['mlp'])).rejects.toThrow('--case: expected all or some of mlp_binary, ');
});
