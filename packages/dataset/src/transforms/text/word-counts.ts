import { DataError } from '../../data-error.js';

/** About 300 MB of words and counts while they are counted. */
export const maxWords = 2_000_000;
const maxCharacters = 64 * 1024 * 1024;

/** How often words come, and in how many texts, as Keras's Tokenizer counts them. */
export class WordCounts {
  /** From each word to its place in the counts, in the order in which the words first came. */
  private readonly places = new Map<string, number>();
  private readonly counts: number[] = [];
  private readonly docs: number[] = [];
  private readonly lastText: number[] = [];
  private characters = 0;
  texts = 0;

  /** @throws DataError when there are more words than can be counted */
  add(words: readonly string[], place: () => string, pointer: string): void {
    this.texts++;
    for (const word of words) {
      const at = this.places.get(word) ?? this.insert(word, place, pointer);
      this.counts[at] = (this.counts[at] ?? 0) + 1;
      if (this.lastText[at] === this.texts) continue;
      this.lastText[at] = this.texts;
      this.docs[at] = (this.docs[at] ?? 0) + 1;
    }
  }

  /** The most frequent words first; among equals, those that came first. */
  ranked(most: number): { readonly words: string[]; readonly docs: number[] } {
    const ranked = [...this.places].sort(([, a], [, b]) => (this.counts[b] ?? 0) - (this.counts[a] ?? 0)).slice(0, most);
    return { words: ranked.map(([word]) => word), docs: ranked.map(([, at]) => this.docs[at] ?? 0) };
  }

  private insert(word: string, place: () => string, pointer: string): number {
    const at = this.places.size;
    this.characters += word.length;
    if (at >= maxWords || this.characters > maxCharacters)
      throw new DataError(place(), `expected at most ${maxWords} different words of ${maxCharacters} characters together, received more; give word_index, or "char_level": true`, { pointer });
    this.places.set(detached(word), at);
    this.counts.push(0);
    this.docs.push(0);
    this.lastText.push(0);
    return at;
  }
}

/** A copy: a part of a string keeps the whole of it in memory. */
export function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
