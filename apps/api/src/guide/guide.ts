import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { contentsPages, referencePage } from './contents.js';
import { pagePlace, renderFirstPage, renderPage } from './page.js';
import { renderDocument } from './render-document.js';
import type { ResolveLink } from './resolve-links.js';
import { style } from './style.js';

/** What is answered at one path of the guide. */
export interface GuideFile {
  readonly type: string;
  readonly content: Buffer;
  /** The content compressed; undefined where that gains nothing. */
  readonly compressed: Buffer | undefined;
  readonly etag: string;
}

const html = 'text/html; charset=utf-8';
/** That of the web page. Both `src/guide` and `dist/guide` lie three levels below the apps. */
const icon = new URL('../../../dashboard/src/icon.svg', import.meta.url);

/**
 * The documents of a folder as pages. What there is is settled when it is opened: a path is looked up among these and never
 * becomes the name of a file. Each is rendered when it is first asked for, and kept: documents and server are of one version.
 */
export class Guide {
  readonly #make = new Map<string, () => Promise<GuideFile>>();
  readonly #made = new Map<string, Promise<GuideFile>>();

  /**
   * @param folder with the documents, and pictures at any depth; where it is missing there are no pages but the reference.
   * @param reference Markdown of the page that is made of the API's schemas.
   */
  constructor(folder: string, reference: () => string) {
    const files = filesOf(folder);
    const served = new Set([...contentsPages.map(({ name }) => `${name}.md`), ...files.filter((file) => file.endsWith('.png'))]);
    const resolve = linksWithin(served);
    this.#make.set('', () => toFile(html, renderFirstPage()));
    this.#make.set('style.css', () => toFile('text/css; charset=utf-8', style));
    if (existsSync(icon)) this.#make.set('icon.svg', async () => toFile('image/svg+xml', await readFile(icon)));
    for (const { name } of contentsPages) {
      if (name === referencePage) this.#make.set(name, () => toFile(html, document(name, reference(), resolve)));
      else if (files.includes(`${name}.md`)) this.#make.set(name, async () => toFile(html, document(name, await readFile(path.join(folder, `${name}.md`), 'utf8'), resolve)));
    }
    for (const file of files) if (served.has(file) && file.endsWith('.png')) this.#make.set(file, async () => toFile('image/png', await readFile(path.join(folder, file))));
  }

  /** All that there is, as paths below `/guide/`. */
  get paths(): readonly string[] {
    return [...this.#make.keys()];
  }

  /** @param at path below `/guide/`; the empty one is the first page. */
  async get(at: string): Promise<GuideFile | undefined> {
    const make = this.#make.get(at);
    if (!make) return undefined;
    const made = this.#made.get(at) ?? make();
    this.#made.set(at, made);
    made.catch(() => this.#made.delete(at)); // a file that could not be read may be there again
    return made;
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => file.split(path.sep).join('/'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function document(name: string, source: string, resolve: ResolveLink): string {
  const { title, html: text, sections } = renderDocument(source, resolve);
  return renderPage({ place: pagePlace, name, title, html: text, sections });
}

/** Links between documents become links between pages; paths of the server (`/docs`) are found from any page. */
function linksWithin(served: ReadonlySet<string>): ResolveLink {
  return (href) => {
    if (/^([a-z]+:|#)/.test(href)) return { href };
    if (href.startsWith('/')) return { href: `${pagePlace.toServer}${href.slice(1)}` };
    const [target = '', fragment] = href.split('#', 2);
    const file = path.posix.join('docs', target).replace(/\/$/, '');
    const within = path.posix.relative('docs', file);
    if (!served.has(within)) return { file };
    const name = within.replace(/\.md$/, '');
    const label = contentsPages.find((page) => page.name === name)?.label;
    return { href: name + (fragment === undefined ? '' : `#${fragment}`), ...(label !== undefined && { label }) };
  };
}

async function toFile(type: string, made: string | Buffer): Promise<GuideFile> {
  const content = Buffer.from(made as string);
  const compressed = type.startsWith('text/') ? await promisify(gzip)(content, { level: 9 }) : undefined;
  const etag = `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`; // weak: the same with and without compression
  return { type, content, compressed, etag };
}
