import type { Token } from 'markdown-it';
import { textOf, textToken } from './tokens.js';

/** Where a link or picture of a document leads on its page, and what that is called there; `file`: to a file of the repository that is not served. */
export type ResolveLink = (href: string) => { readonly href: string; readonly label?: string } | { readonly file: string };

/**
 * Makes a document's links those of its page. One that is called as the document's file is called as the page; in the place
 * of a link to what is not served stands its text, and the file.
 */
export function resolveLinks(tokens: readonly Token[], resolve: ResolveLink): Token[] {
  const out: Token[] = [];
  /** Of the link that is open, where it leads nowhere: the file, and where its text begins. */
  let lost: { file: string; begin: number } | undefined;
  /** Of a link to a page. */
  let label: string | undefined;
  for (const token of tokens) {
    if (label !== undefined && token.type === 'text' && /^[\w-]+\.md$/.test(token.content)) token.content = label;
    label = undefined;
    if (token.type === 'link_close' && lost) {
      if (!textOf(out.slice(lost.begin)).includes(lost.file)) out.push(textToken(` (${lost.file})`));
      lost = undefined;
      continue;
    }
    const attribute = token.type === 'image' ? 'src' : token.type === 'link_open' ? 'href' : undefined;
    const found = attribute && resolve(String(token.attrGet(attribute) ?? ''));
    if (!attribute || !found) {
      out.push(token);
    } else if ('href' in found) {
      out.push(placed(token, attribute, found.href));
      label = found.label;
    } else if (attribute === 'href') {
      lost = { file: found.file, begin: out.length };
    } else {
      out.push(textToken(`${token.content} (${found.file})`));
    }
  }
  return out;
}

function placed(token: Token, attribute: 'src' | 'href', href: string): Token {
  token.attrSet(attribute, href);
  if (attribute === 'src') token.attrSet('loading', 'lazy');
  if (/^https?:/.test(href)) token.attrSet('rel', 'noreferrer');
  return token;
}
