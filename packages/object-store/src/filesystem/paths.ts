/**
 * Keys as paths. A key's segments are the names of folders and of the file, so that a directory of files is a store and
 * a store can be read with `ls`. Three things cannot stay as they are and are escaped, each reversibly, so that two keys
 * never share a path:
 * - the characters that file systems reserve, as `%2a`; where the file system folds case or normalises Unicode (macOS),
 *   everything but lower-case ASCII, digits and `._-`;
 * - the name of the store's own folder at the top;
 * - names longer than a file name may be: they go on one folder deeper, behind `%~`.
 */

/** The folder, at the top of the store, of temporary files and ETags. */
export const ownFolder = '.trainyard';

/** ext4, XFS and APFS allow 255 bytes a name. */
const maxNameBytes = 240;
const CONTINUED = '%~';

/** What stays as it is: see the head of this file. */
const PLAIN = /^[^%\\:*?"<>|]$/u;
const PLAIN_WHERE_NAMES_FOLD = /^[a-z0-9._-]$/;

export interface NameRules {
  /** The file system takes `A` and `a` (or `é` in two encodings) for one name. */
  readonly foldsNames: boolean;
}

/** The path, relative to the store's root, of a key that `checkKey` accepts. */
export function pathOfKey(key: string, rules: NameRules): string[] {
  return key.split('/').flatMap((segment, depth) => namesOfSegment(segment, depth, rules));
}

function namesOfSegment(segment: string, depth: number, { foldsNames }: NameRules): string[] {
  const plain = foldsNames ? PLAIN_WHERE_NAMES_FOLD : PLAIN;
  const names: string[] = [];
  let name = '';
  const characters = [...segment];
  const escapeFirst = depth === 0 && segment.toLowerCase() === ownFolder;
  for (const [at, character] of characters.entries()) {
    const unit = plain.test(character) && !(escapeFirst && at === 0) ? character : escape(character);
    if (Buffer.byteLength(name) + Buffer.byteLength(unit) > maxNameBytes) {
      names.push(name + CONTINUED);
      name = '';
    }
    name += unit;
  }
  return [...names, name];
}

function escape(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** What a name in a folder stands for; `undefined` for a name that no key has (`%` without its digits). */
export function segmentOfName(name: string): { text: string; continued: boolean } | undefined {
  const continued = name.endsWith(CONTINUED);
  const escaped = continued ? name.slice(0, -CONTINUED.length) : name;
  try {
    return { text: decodeURIComponent(escaped), continued };
  } catch {
    return undefined;
  }
}
