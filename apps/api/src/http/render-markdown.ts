import { escapeHtml } from '../guide/html.js';
import { renderDocument } from '../guide/render-document.js';

const style = 'body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}code,pre{background:#f2f2f2;padding:.1em .3em}pre{padding:1em;overflow:auto}pre code{padding:0}.anchor{display:none}';

/** A page by itself, which says what is to be done in the place of what was asked for. */
export function renderMarkdown(source: string, title: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style><body>\n${renderDocument(source).html}</body></html>\n`;
}
