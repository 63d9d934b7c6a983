import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Whether a file is of those whose tests need the whole service, Python or a browser, and minutes. @param file its path, absolute */
export const isLong = (file: string): boolean => /^(tests\/(e2e|interop)|bench)\//.test(path.relative(root, file));
