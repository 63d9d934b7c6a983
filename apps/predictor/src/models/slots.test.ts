import { expect, it } from 'vitest';
import { Slots } from './slots.js';

it('lets so many run at a time, the others in their order, also after one that fails', async () => {
  const slots = new Slots(2);
  const [running, begun, ends]: [Set<number>, number[], (() => void)[]] = [new Set(), [], []];
  let most = 0;
  const all = Array.from({ length: 5 }, (_, i) =>
    slots.run(async () => {
      begun.push(i);
      most = Math.max(most, running.add(i).size);
      await new Promise<void>((resolve) => ends.push(resolve));
      running.delete(i);
      if (i === 1) throw new Error('failed');
      return i;
    }),
  );
  const settled = Promise.allSettled(all);
  for (let i = 0; i < 5; i++) {
    ends[i]?.();
    await Promise.allSettled(all.slice(0, i + 1));
  }
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
});
