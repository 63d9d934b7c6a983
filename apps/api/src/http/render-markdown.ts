const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** `code`, *emphasis*. */
const inline = (text: string): string => escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>').replaceAll(/\*([^*]+)\*/g, '<em>$1</em>');

const style = 'body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}code,pre{background:#f2f2f2;padding:.1em .3em}pre{padding:1em;overflow:auto}td,th{text-align:left;padding:.2em 1em .2em 0}:target{background:#fff3bf}';

/** The page of a document of ours: headings (a code in one is its anchor), paragraphs, fenced code and tables. */
export function renderMarkdown(source: string, title: string): string {
  const blocks = source.split(/\n{2,}(?![^`]*\n```(?:\n|$))/).map((block) => block.trim()).filter((block) => block !== '');
  const body = blocks.map(renderBlock).join('\n');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${style}</style><body>\n${body}\n</body></html>\n`;
}

function renderBlock(block: string): string {
  const heading = /^(#{1,3}) (.*)$/.exec(block);
  if (heading !== null) {
    const [, marks = '', text = ''] = heading;
    const anchor = text.replaceAll(/[^\w]+/g, '-').replaceAll(/^-|-$/g, '');
    return `<h${marks.length} id="${anchor}">${inline(text)}</h${marks.length}>`;
  }
  if (block.startsWith('```')) return `<pre>${escape(block.replace(/^```.*\n/, '').replace(/\n?```$/, ''))}</pre>`;
  if (block.startsWith('|')) return renderTable(block);
  return `<p>${inline(block)}</p>`;
}

function renderTable(block: string): string {
  const [head, , ...rows] = block.split('\n').map((line) => line.replaceAll(/^\||\|$/g, '').split('|').map((cell) => inline(cell.trim())));
  const row = (cells: readonly string[], tag: string): string => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>${row(head ?? [], 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;
}
