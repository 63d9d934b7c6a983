import { expect, test } from 'vitest';
import { renderDocument } from './render-document.js';

test('headings have the ids that GitHub gives them, each once', () => {
  const { title, sections, html } = renderDocument('# The *first*\n\n## `wrong_status`\n\n## Files of .h5\n\n## One, and two!\n\n### Files of .h5\n');
  expect(title).toBe('The first');
  expect(sections).toEqual([
    { id: 'wrong_status', text: 'wrong_status' },
    { id: 'files-of-h5', text: 'Files of .h5' },
    { id: 'one-and-two', text: 'One, and two!' },
  ]);
  expect(html).toContain('<h3 id="files-of-h5-1">');
});

test('HTML is shown as text, and a link that runs a script is none', () => {
  const { html } = renderDocument('<script>alert(1)</script> [a](javascript:alert(1)) <img src=x onerror=alert(1)>');
  expect(html).not.toMatch(/<script|<img|href="javascript/);
  expect(html).toContain('&lt;script&gt;');
});

test('a link to what is not served is its text and the file', () => {
  const resolve = (href: string) => (href.startsWith('../') ? { file: href.slice(3) } : { href });
  expect(renderDocument('see [an **example**](../examples/spam), [`tests/a.ts`](../tests/a.ts) and [b](b)', resolve).html).toBe(
    '<p>see an <strong>example</strong> (examples/spam), <code>tests/a.ts</code> and <a href="b">b</a></p>\n',
  );
});

test('a link that is called as a file is called as its page', () => {
  const resolve = (href: string) => ({ href: href.replace('.md', ''), label: 'HTTP API' });
  expect(renderDocument('[api.md](api.md#predict), [what](api.md) and [`api.md`](api.md)', resolve).html).toBe('<p><a href="api#predict">HTTP API</a>, <a href="api">what</a> and <a href="api"><code>api.md</code></a></p>\n');
});

test('a table without a head has none; one of many columns scrolls by itself', () => {
  expect(renderDocument('| | |\n| --- | --- |\n| a | b |\n').html).not.toContain('<th');
  expect(renderDocument('| a | b |\n| --- | --- |\n| 1 | 2 |\n').html).not.toContain('class="wide"');
  expect(renderDocument('| a | b | c | d |\n| --- | --- | --- | --- |\n| 1 | 2 | 3 | 4 |\n').html).toMatch(/^<div class="wide" tabindex="0" role="group" aria-label="Table"><table>[^]*<\/table>\s*<\/div>/);
});

test('marks for programs are left out', () => {
  expect(renderDocument('<!-- measured -->\n2026\n<!-- /measured -->\n').html).toBe('<p>2026</p>\n');
});
