import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The fenced blocks of a document of docs/ with these words behind the fence, in their order. */
export async function docsBlocks(document: string, info: string): Promise<string[]> {
  const text = await readFile(path.resolve(import.meta.dirname, '../../docs', document), 'utf8');
  return [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)].filter((match) => match[1] === info).map((match) => match[2]!);
}
