import { endOfString } from './json-string.js';

/** A key that an object of a JSON text has twice, as its programs see it (escapes resolved). */
export interface DuplicateKey {
  readonly key: string;
  /** Index into the text, of the second one's quote. */
  readonly position: number;
}

/**
 * The first key that occurs twice in one object. JSON's parsers differ in what they make of it, so that a model could be one thing
 * to whoever checks it and another to whoever runs it; no version of Keras writes such a text.
 *
 * @param text is known to be JSON.
 */
export function findDuplicateKey(text: string): DuplicateKey | undefined {
  /** The keys so far of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '{':
        open.push(new Set());
        expectsKey = true;
        break;
      case '[':
        open.push(undefined);
        expectsKey = false;
        break;
      case '}':
      case ']':
        open.pop();
        expectsKey = false;
        break;
      case ',':
        expectsKey = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (expectsKey) {
          const raw = text.slice(at + 1, end);
          const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
          const keys = open.at(-1);
          if (keys?.has(key)) return { key, position: at };
          keys?.add(key);
          expectsKey = false;
        }
        at = end;
        break;
      }
    }
  }
  return undefined;
}
