import util from 'node:util';

/**
 * tfjs-node's files call `util.isNullOrUndefined` and `util.isArray`, which warn in Node 22 and are gone in Node 23.
 * Must be imported before them.
 */
const missing: Record<string, (value: unknown) => boolean> = {
  isNullOrUndefined: (value) => value === null || value === undefined,
  isArray: Array.isArray,
};
for (const [name, value] of Object.entries(missing)) Object.defineProperty(util, name, { value, configurable: true, writable: true });
