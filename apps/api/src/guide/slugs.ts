/** Ids of a page's headings, as GitHub makes them: what links in docs/ count on, here as there. */
export class Slugs {
  readonly #given = new Map<string, number>();

  /** @param heading its text, without the marks of Markdown. */
  next(heading: string): string {
    const slug = heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const earlier = this.#given.get(slug) ?? 0;
    this.#given.set(slug, earlier + 1);
    return earlier === 0 ? slug : `${slug}-${earlier}`;
  }
}
