import { readFile } from 'node:fs/promises';

/** What genuine Keras computed: a file of tests/golden/s22_preprocessing. */
export async function readGolden<T>(file: string): Promise<T> {
  const url = new URL(`../../../../tests/golden/s22_preprocessing/${file}`, import.meta.url);
  return JSON.parse(await readFile(url, 'utf8')) as T;
}
