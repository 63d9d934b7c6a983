import { Site } from './site.js';

/** The sites that are open: what a run that is broken off must close. */
export class Sites {
  readonly #open = new Set<Site>();

  /** Opens a site for as long as `use` takes. */
  async with<T>(options: { readonly s3?: boolean }, use: (site: Site) => Promise<T>): Promise<T> {
    const site = await Site.open(options);
    this.#open.add(site);
    try {
      return await use(site);
    } finally {
      if (this.#open.delete(site)) await site.close();
    }
  }

  async close(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.allSettled(open.map((site) => site.close()));
  }
}
