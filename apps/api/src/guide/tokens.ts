import MarkdownIt, { type Token } from 'markdown-it';

/** What readers see of inline tokens, without the marks. */
export const textOf = (tokens: readonly Token[]): string => tokens.filter(({ type }) => type === 'text' || type === 'code_inline').map(({ content }) => content).join('');

export function textToken(content: string): Token {
  return Object.assign(new MarkdownIt.Token('text', '', 0), { content });
}

/** Tokens that stand around others: `<tag attributes>` and `</tag>`. */
export function around(tag: string, attributes: Readonly<Record<string, string>>): [open: Token, close: Token] {
  const open = new MarkdownIt.Token(`${tag}_open`, tag, 1);
  for (const [name, value] of Object.entries(attributes)) open.attrSet(name, value);
  return [open, new MarkdownIt.Token(`${tag}_close`, tag, -1)];
}
