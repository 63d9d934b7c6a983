import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const pathOf = (file: string): string => path.relative(root, file).replaceAll(path.sep, '/');

/** Whether a file is of those whose tests need the whole service, Python or a browser, and minutes. @param file its path, absolute */
export const isLong = (file: string): boolean => /^(tests\/(e2e|interop)\/|bench\/src\/bench\.test\.ts$)/.test(pathOf(file));

/** `npm run chaos` breaks jobs in the same ways, and more often. */
const brokenByChaosToo = /^tests\/e2e\/jobs\.(lost|resumed)\.test\.ts$/;

/**
 * When a file's turn is: long ones first, and then the short ones, for which there is always time. Of the long ones, the service itself
 * is tested first, then what Python makes of its files; where there is no time for all, what chaos tests too is left.
 */
export function turnOf(file: string): number {
  if (!isLong(file)) return 3;
  const relative = pathOf(file);
  if (brokenByChaosToo.test(relative)) return 2;
  return relative.startsWith('tests/e2e/') ? 0 : 1;
}
