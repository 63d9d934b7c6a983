import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { contentsPages, referencePage } from './contents.js';
import { renderDocument } from './render-document.js';

const root = path.resolve(import.meta.dirname, '../../../..');
const examples = (await readdir(path.join(root, 'examples'), { recursive: true })).filter((file) => file.endsWith('README.md')).map((file) => `examples/${file}`);
const docs = (await readdir(path.join(root, 'docs'))).filter((file) => file.endsWith('.md'));
const documents = [...docs.map((file) => `docs/${file}`), 'README.md', 'ARCHITECTURE.md', ...examples];

test('the contents name every document of docs/, once', () => {
  expect(contentsPages.map(({ name }) => name).filter((name) => name !== referencePage).toSorted()).toEqual(docs.map((file) => file.replace(/\.md$/, '')).toSorted());
});

test.each(documents)('%s: every link leads to a file that is there, and to a heading of it', async (document) => {
  const hrefs: string[] = [];
  renderDocument(await readFile(path.join(root, document), 'utf8'), (href) => {
    hrefs.push(href);
    return { href };
  });
  const wrong: string[] = [];
  for (const href of hrefs) {
    if (/^([a-z]+:|\/)/.test(href)) continue; // of the web, and of the server
    const [target = '', fragment] = href.split('#', 2);
    const file = target === '' ? document : path.posix.join(path.posix.dirname(document), decodeURIComponent(target));
    const there = await access(path.join(root, file)).then(() => true, () => false);
    const isLost = there && fragment !== undefined && !renderDocument(await readFile(path.join(root, file), 'utf8')).html.includes(` id="${fragment}"`);
    if (!there || isLost) wrong.push(href);
  }
  expect(wrong).toEqual([]);
});
