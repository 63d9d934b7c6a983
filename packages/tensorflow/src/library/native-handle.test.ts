import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it } from 'vitest';

import { LiveHandles } from './live-handles.js';
import { NativeHandle } from './native-handle.js';

describe('NativeHandle', () => {
  it('releases its object exactly once, and refuses it afterwards', () => {
    const live = new LiveHandles();
    const freed: bigint[] = [];
    const handle = new NativeHandle(live, 'graph', 42n, (pointer) => freed.push(pointer));
    expect(handle.pointer).toBe(42n);
    expect(live.count('graph')).toBe(1);
    handle.dispose();
    handle.dispose();
    expect(freed).toEqual([42n]);
    expect(live.total).toBe(0);
    expect(handle.disposed).toBe(true);
    expect(() => handle.pointer).toThrow('disposed');
  });

  it('is released by the collector when its owner forgot it, and counted as leaked', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const live = new LiveHandles();
    const freed: bigint[] = [];
    (() => new NativeHandle(live, 'tensor', 7n, (pointer) => freed.push(pointer)))();
    for (let attempt = 0; attempt < 50 && freed.length === 0; attempt++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(freed).toEqual([7n]);
    expect(live.leaked).toBe(1);
    expect(live.total).toBe(0);
  });
});

describe('LiveHandles', () => {
  it('refuses a double release', () => {
    const live = new LiveHandles();
    live.acquired('session');
    live.released('session');
    expect(() => live.released('session')).toThrow('a native session was released twice');
  });
});
