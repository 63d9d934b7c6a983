import { Callback } from '@trainyard/protocol';
import { expect, it } from 'vitest';
import { BestEpoch } from './best.js';

const callbacks = (...list: unknown[]) => list.map((callback) => Callback.parse(callback));

it('goes by val_loss, or by loss where nothing is validated', () => {
  const best = new BestEpoch([], null);
  best.see(0, { loss: 2, val_loss: 3 }, null);
  best.see(1, { loss: 1, val_loss: 4 }, null);
  expect(best.value).toMatchObject({ monitor: 'val_loss', value: 3, epoch: 0 });
  const plain = new BestEpoch([], null);
  plain.see(0, { loss: 2 }, null);
  plain.see(1, { loss: 1 }, 'ckpt_b');
  expect(plain.value).toEqual({ monitor: 'loss', value: 1, epoch: 1, checkpoint: 'ckpt_b' });
});

it('goes by what a ModelCheckpoint monitors, in its direction', () => {
  const best = new BestEpoch(
    callbacks({ class_name: 'EarlyStopping', config: { monitor: 'loss' } }, { class_name: 'ModelCheckpoint', config: { filepath: 'a', monitor: 'val_acc' } }),
    null,
  );
  best.see(0, { loss: 2, val_acc: 0.5 }, 'a');
  best.see(1, { loss: 3, val_acc: 0.7 }, null);
  best.see(1, { loss: 3, val_acc: 0.7 }, 'b');
  best.see(1, { loss: 3, val_acc: 0.7 }, null);
  best.see(2, { loss: 1, val_acc: 0.6 }, 'c');
  expect(best.value).toEqual({ monitor: 'val_acc', value: 0.7, epoch: 1, checkpoint: 'b' });
});

it('goes on from what an earlier attempt knew; NaN is never best', () => {
  const best = new BestEpoch([], { monitor: 'loss', value: 0.5, epoch: 3, checkpoint: 'x' });
  best.see(4, { loss: NaN }, 'y');
  best.see(5, { loss: 0.6 }, 'z');
  expect(best.value?.epoch).toBe(3);
  best.see(6, { loss: 0.4 }, null);
  expect(best.value).toEqual({ monitor: 'loss', value: 0.4, epoch: 6, checkpoint: null });
});
