import { expect, it, vi } from 'vitest';

import { main } from './main.js';
import type { Tools } from './suites/suite.js';

const tools = (error: Error): Tools => ({ ensurePeers: () => Promise.reject(error), ensureServingPeers: () => Promise.reject(error), startService: () => Promise.reject(error) });

it('a suite that breaks off is told, and the others are run all the same', async () => {
  const [log, error] = [vi.spyOn(console, 'log').mockImplementation(() => undefined), vi.spyOn(console, 'error').mockImplementation(() => undefined)];
  try {
    expect(await main(['--suite', 'h5', 'jobs'], tools(new Error('no port is free')))).toBe(1);
    expect(log.mock.calls.flat().join('')).toMatch(/The suite h5 failed\n\nno port is free\n\n### The suite jobs failed\n\nno port is free\n/);
    expect(await main(['--suite', 'speed'], tools(new Error('not reached')))).toBe(2);
    expect(error.mock.calls.flat().at(-1)).toContain('--suite: expected all or some of');
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
});

it('what the user can mend is left to the script to say', async () => {
  const setup = Object.assign(new Error('The peers need Python 3.11 to 3.13'), { name: 'SetupError' });
  await expect(main(['--suite', 'fit'], tools(setup))).rejects.toBe(setup);
});
