import { encodeEvent, fileVersionEvent } from '@trainyard/tensorboard';
import { expect, it } from 'vitest';

import { readEventFile } from './event-file.js';

it('reads what our encoder writes: times, steps, tags', () => {
  const scalar = (tag: string) => ({ kind: 'scalar', tag, value: 0.5 }) as const;
  const file = Buffer.concat([
    fileVersionEvent(1.5),
    encodeEvent({ wallTime: 2.25, step: 1, summaries: [scalar('batch_loss'), scalar('batch_acc')] }),
    encodeEvent({ wallTime: 3, step: 300, summaries: [{ kind: 'histogram', tag: 'w', min: 0, max: 1, count: 2, sum: 1, sumOfSquares: 1, limits: [0.5, 1], counts: [1, 1] }] }),
  ]);
  expect(readEventFile(file)).toEqual([
    { wallTimeMs: 1500, step: 0, tags: [] },
    { wallTimeMs: 2250, step: 1, tags: ['batch_loss', 'batch_acc'] },
    { wallTimeMs: 3000, step: 300, tags: ['w'] },
  ]);
});
