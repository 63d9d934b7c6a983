import { contents, contentsPages, type ContentsEntry } from './contents.js';
import { escapeHtml } from './html.js';
import type { RenderedDocument } from './render-document.js';

/** Where a page lies: what stands before the names of other pages, and before paths of the server, in its links. */
export interface PagePlace {
  readonly toPages: string;
  readonly toServer: string;
}

/** Of `/guide/<name>`, and of `/guide` itself. Relative, so that a proxy may put all below a path of its own. */
export const pagePlace: PagePlace = { toPages: '', toServer: '../' };
export const firstPagePlace: PagePlace = { toPages: 'guide/', toServer: '' };

interface Page {
  readonly place: PagePlace;
  /** Null: the guide's first page, and those that it does not have. */
  readonly name: string | null;
  readonly title: string;
  readonly html: string;
  readonly sections?: RenderedDocument['sections'];
}

/** A whole page: navigation, text, the pages before and after. It has no script; below 60rem its navigation unfolds. */
export function renderPage({ place, name, title, html, sections = [] }: Page): string {
  const navigation = renderNavigation(place, name, sections);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Trainyard</title>
<link rel="stylesheet" href="${place.toPages}style.css">
<link rel="icon" type="image/svg+xml" href="${place.toPages}icon.svg">
</head>
<body>
<a class="skip" href="#text">Skip to the text</a>
<header>
<a class="brand" href="${place.toServer || './'}">Trainyard</a>
<a href="${place.toServer}guide"${name === null ? ' aria-current="page"' : ''}>Guide</a>
<a href="${place.toServer}docs">OpenAPI</a>
</header>
<details class="menu"><summary>Contents</summary><nav aria-label="Contents">${navigation}</nav></details>
<div class="columns">
<nav class="side" aria-label="Guide">${navigation}</nav>
<main id="text" tabindex="-1">
${html}
${renderNeighbours(place, name)}
</main>
</div>
</body>
</html>
`;
}

/** The guide's first page: what each page is about. */
export function renderFirstPage(): string {
  const item = ({ name, label, about }: ContentsEntry): string => `<dt><a href="${firstPagePlace.toPages}${name}">${escapeHtml(label)}</a></dt><dd>${escapeHtml(about)}</dd>`;
  const groups = contents.map(({ title, pages }) => `<h2>${escapeHtml(title)}</h2>\n<dl>${pages.map(item).join('\n')}</dl>`);
  return renderPage({ place: firstPagePlace, name: null, title: 'Guide', html: `<h1>Guide to Trainyard</h1>\n${groups.join('\n')}` });
}

function renderNavigation({ toPages }: PagePlace, current: string | null, sections: RenderedDocument['sections']): string {
  const list = sections.map(({ id, text }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`).join('');
  const item = ({ name, label }: ContentsEntry): string => {
    const here = name === current;
    return `<li><a href="${toPages}${name}"${here ? ' aria-current="page"' : ''}>${escapeHtml(label)}</a>${here && list !== '' ? `<ul>${list}</ul>` : ''}</li>`;
  };
  return contents.map(({ title, pages }) => `<p>${escapeHtml(title)}</p><ul>${pages.map(item).join('')}</ul>`).join('');
}

function renderNeighbours({ toPages }: PagePlace, name: string | null): string {
  const here = contentsPages.findIndex((entry) => entry.name === name);
  if (here < 0) return '';
  const link = (entry: ContentsEntry | undefined, rel: 'prev' | 'next', mark: (label: string) => string): string =>
    entry ? `<a rel="${rel}" href="${toPages}${entry.name}">${mark(escapeHtml(entry.label))}</a>` : '<span></span>';
  return `<nav class="neighbours" aria-label="Before and after">${link(contentsPages[here - 1], 'prev', (label) => `← ${label}`)}${link(contentsPages[here + 1], 'next', (label) => `${label} →`)}</nav>`;
}
