import { DataError } from '../data-error.js';
import { detached } from './text/word-counts.js';

/** So many different words are a vocabulary; more are texts, or names that each row has for itself. */
export const maxVocabulary = 100_000;
const maxCharacters = 64 * 1024 * 1024;

/** The different words of a column, bounded. */
export class Vocabulary {
  private readonly words = new Set<string>();
  private characters = 0;

  /** @throws DataError when there are more than a vocabulary has */
  add(word: string, place: () => string, pointer: string): void {
    if (this.words.has(word)) return;
    this.words.add(detached(word));
    this.characters += word.length;
    if (this.words.size > maxVocabulary || this.characters > maxCharacters)
      throw new DataError(place(), `expected at most ${maxVocabulary} different words of ${maxCharacters} characters together, received more; give a vocabulary, or tokenize the texts`, { pointer });
  }

  /** As Python sorts: by code points. */
  sorted(): string[] {
    return [...this.words].sort(byCodePoints);
  }
}

function byCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b)); // of UTF-8 the same order
}

/** The number of each word, in the order of the list. Words are compared without the blanks around them. */
export function wordIndex(vocabulary: readonly string[]): ReadonlyMap<string, number> {
  return new Map(vocabulary.map((word, i) => [word, i]));
}
