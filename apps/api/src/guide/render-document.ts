import MarkdownIt, { type Token } from 'markdown-it';
import { resolveLinks, type ResolveLink } from './resolve-links.js';
import { Slugs } from './slugs.js';
import { around, textOf, textToken } from './tokens.js';

/** What a document of ours becomes. */
export interface RenderedDocument {
  /** Its first heading. */
  readonly title: string;
  readonly html: string;
  /** Its headings of the second level, for the navigation. */
  readonly sections: readonly { readonly id: string; readonly text: string }[];
}

// HTML in a document is shown as text, and links to `javascript:` and the like are none to this library.
const markdown = new MarkdownIt({ html: false });
/** Lines that are a comment: marks for programs that write parts of a document. */
const remarks = /^<!--.*-->\n/gm;
/** Columns from which on a table may be too wide for a phone, and scrolls by itself. */
const manyColumns = 4;

/** Markdown to HTML without a style, a script or an address of another host to load from. */
export function renderDocument(source: string, resolve: ResolveLink = (href) => ({ href })): RenderedDocument {
  const tokens = markdown.parse(source.replaceAll(remarks, ''), {});
  const sections: { id: string; text: string }[] = [];
  const slugs = new Slugs();
  let title = '';
  for (const [i, token] of tokens.entries()) {
    if (token.children) token.children = resolveLinks(token.children, resolve);
    if (token.type !== 'heading_open') continue;
    const children = tokens[i + 1]?.children ?? [];
    const text = textOf(children);
    const id = slugs.next(text);
    token.attrSet('id', id);
    if (token.tag === 'h2') sections.push({ id, text });
    if (token.tag === 'h1') title ||= text;
    else children.push(...anchor(id));
  }
  return { title, sections, html: markdown.renderer.render(readableTables(tokens), markdown.options, {}) };
}

/** The mark beside a heading that links to it: for the mouse. With keys, and without sight, the list of sections does. */
function anchor(id: string): Token[] {
  const [open, close] = around('a', { class: 'anchor', href: `#${id}`, 'aria-hidden': 'true', tabindex: '-1' });
  return [open, textToken('#'), close];
}

/** Leaves out heads of tables that say nothing, and puts those of many columns into a frame that scrolls, also with the keys. */
function readableTables(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  let close: Token | undefined;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (token.type === 'table_open' && columnsOf(tokens, i) >= manyColumns) {
      const [open, end] = around('div', { class: 'wide', tabindex: '0', role: 'group', 'aria-label': 'Table' });
      out.push(open);
      close = end;
    }
    const end = token.type === 'thead_open' ? indexOf(tokens, 'thead_close', i) : i;
    if (token.type === 'thead_open' && tokens.slice(i, end).every(({ type, content }) => type !== 'inline' || content === '')) {
      i = end;
      continue;
    }
    out.push(token);
    if (token.type === 'table_close' && close) {
      out.push(close);
      close = undefined;
    }
  }
  return out;
}

const indexOf = (tokens: readonly Token[], type: string, from: number): number => tokens.findIndex((token, i) => i > from && token.type === type);

const columnsOf = (tokens: readonly Token[], table: number): number => tokens.slice(table, indexOf(tokens, 'thead_close', table)).filter(({ type }) => type === 'th_open').length;
