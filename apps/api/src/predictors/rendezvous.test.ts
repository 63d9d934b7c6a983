import { expect, test } from 'vitest';
import { rendezvousOrder } from './rendezvous.js';

const keys = Array.from({ length: 3000 }, (_, i) => `ckpt_${i}`);
const firstOf = (names: readonly string[], key: string) => rendezvousOrder(names, (name) => name, key)[0]!;

test('keys spread evenly, whatever the order of the list', () => {
  const names = ['http://a:1', 'http://b:1', 'http://c:1'];
  const counts = new Map<string, number>();
  for (const key of keys) {
    const first = firstOf(names, key);
    expect(firstOf([...names].reverse(), key)).toBe(first);
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  for (const name of names) expect(Math.abs(counts.get(name)! - 1000)).toBeLessThan(120);
});

test('without one, only its own keys move, and to the second in their order', () => {
  const names = ['http://a:1', 'http://b:1', 'http://c:1'];
  for (const key of keys.slice(0, 300)) {
    const [first, second] = rendezvousOrder(names, (name) => name, key);
    const without = firstOf(names.filter((name) => name !== 'http://a:1'), key);
    expect(without).toBe(first === 'http://a:1' ? second : first);
  }
});
