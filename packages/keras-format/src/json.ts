/** What JSON text can hold. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One reference token of a JSON pointer (RFC 6901), escaped, behind `parent`. */
export function at(parent: string, key: string | number): string {
  return `${parent}/${typeof key === 'number' ? key : key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** A value as messages quote it: JSON, cut after 80 characters. */
export function quote(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** A name that every JavaScript object has without being given it: `__proto__`, `constructor`, `toString`, … Nothing that Keras writes has one. */
export function isInheritedName(name: string): boolean {
  return name in Object.prototype;
}
