import { Site, type SiteOptions } from './site.js';

/** The sites that are open: what a run that is broken off must close. */
export class Sites {
  readonly #open = new Set<Site>();

  /** @param oneThread whether processes of the sites compute with one thread each */
  constructor(private readonly oneThread: boolean) {}

  /** Opens a site for as long as `use` takes. */
  async with<T>(options: Pick<SiteOptions, 's3'>, use: (site: Site) => Promise<T>): Promise<T> {
    const site = await Site.open({ ...options, oneThread: this.oneThread });
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
