import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { CANARY_FILE, CANARY_SAMPLE } from './canary.js';

/** Bytes that tell a file from others. */
const SAMPLE = 24;

/** The members of the objects that all others inherit from, to see whether a file has added or changed one. */
export function prototypeMembers(): () => string[] {
  const prototypes = Object.entries({ Object: Object.prototype, Array: Array.prototype, Function: Function.prototype, String: String.prototype, Number: Number.prototype, Map: Map.prototype });
  const take = (): Map<string, PropertyDescriptor | undefined> => new Map(prototypes.flatMap(([name, prototype]) => Reflect.ownKeys(prototype).map((key) => [`${name}.prototype.${String(key)}`, Object.getOwnPropertyDescriptor(prototype, key)] as const)));
  const before = take();
  return () => {
    const after = take();
    const differ = (key: string): boolean => {
      const [a, b] = [before.get(key), after.get(key)];
      return a?.value !== b?.value || a?.get !== b?.get || a?.set !== b?.set;
    };
    return [...new Set([...before.keys(), ...after.keys()])].filter(differ).map((key) => `${key} was changed`);
  };
}

/**
 * The beginnings of the files that `bytes` names: absolute paths, and names of files beside it. None of them may be in what
 * loading answers.
 */
export function secretsNamedIn(bytes: Uint8Array, folder: string): ReadonlyMap<string, Buffer> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4 * 1024 * 1024)).toString('latin1');
  const names = new Set((text.match(/[\w./-]{4,200}/g) ?? []).filter((name) => name.startsWith('/') || /\.\w+$/.test(name)).slice(0, 2000));
  const secrets = new Map<string, Buffer>([[CANARY_FILE, CANARY_SAMPLE]]);
  for (const name of names) {
    const file = path.resolve(folder, name);
    if (file === CANARY_FILE) continue; // not to be read by us either
    try {
      const { size } = statSync(file);
      if (!statSync(file).isFile() || size < SAMPLE || size > 16 * 1024 * 1024) continue;
      secrets.set(file, sampleOf(readFileSync(file)));
    } catch {
      // no file of that name
    }
  }
  return secrets;
}

/** From the middle: many formats begin alike. */
function sampleOf(content: Buffer): Buffer {
  const start = Math.floor((content.length - SAMPLE) / 2);
  return content.subarray(start, start + SAMPLE);
}

/** Which of the secrets are in a message or in arrays. */
export function leaks(secrets: ReadonlyMap<string, Buffer>, message: string, arrays: readonly ArrayBufferView[]): string[] {
  const texts = [Buffer.from(message), ...arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))];
  return [...secrets].filter(([, sample]) => new Set(sample).size > 4 && texts.some((text) => text.includes(sample))).map(([file]) => `${file} was read`);
}
