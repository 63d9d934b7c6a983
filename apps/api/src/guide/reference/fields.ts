import { alternativesOf, type JsonSchema } from './json-schema.js';
import { code, paragraphs, table } from './markdown.js';
import { typeText, type LinkSchema } from './type-text.js';

interface Field {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** The fields of a schema, those of objects within it by their paths: `data.train`, `errors[].pointer`. */
export function schemaMarkdown(schema: JsonSchema, link: LinkSchema): string {
  const objects = alternativesOf(schema).filter(({ properties }) => properties);
  if (objects.length === 0) return `${sentence(schema.description)}${typeText(schema, link)}`;
  const others = alternativesOf(schema).filter(({ properties }) => !properties);
  const either = others.length === 0 ? undefined : `${typeText({ anyOf: others }, link)}, or an object:`;
  const tables = objects.map((object, i) => {
    const tag = constantOf(object);
    const head = objects.length === 1 ? undefined : tag === undefined ? (i === 0 ? 'Either' : 'or') : `**${tag}**`;
    return paragraphs([head, fieldTable(object, link)]);
  });
  return paragraphs([schema.description, either, ...tables]);
}

const sentence = (text: string | undefined): string => (text === undefined ? '' : `${text}: `);

function fieldTable(object: JsonSchema, link: LinkSchema): string {
  const rows = fieldsOf(object, '').map(({ path, schema, required }) => [
    code(path),
    typeText(schema, link),
    schema.default === undefined ? (required ? 'required' : '') : code(JSON.stringify(schema.default)),
    schema.description ?? '',
  ]);
  return rows.length === 0 ? 'An object without fields.' : table(['field', 'type', 'default', 'meaning'], rows);
}

/** Of a union that a property tells apart, which of them this is. */
const constantOf = ({ properties = {} }: JsonSchema): string | undefined => {
  const { class_name: name, kind, type } = properties;
  const value = name?.const ?? kind?.const ?? type?.const;
  return typeof value === 'string' ? value : undefined;
};

function fieldsOf({ properties = {}, required = [] }: JsonSchema, prefix: string): Field[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = prefix + name;
    // Of a union's objects: each path once.
    const inner = new Map(innerFields(alternativesOf(schema), path).map((field) => [field.path, field]));
    return [{ path, schema, required: required.includes(name) && schema.default === undefined }, ...inner.values()];
  });
}

/** Where there are several objects, none of their fields is required of all. */
function innerFields(alternatives: readonly JsonSchema[], path: string): Field[] {
  const several = alternatives.filter(({ properties }) => properties).length > 1;
  return alternatives.flatMap((schema) => {
    if (schema.properties) return fieldsOf(several ? { ...schema, required: [] } : schema, `${path}.`);
    if (schema.items) return innerFields(alternativesOf(schema.items), `${path}[]`);
    return typeof schema.additionalProperties === 'object' ? innerFields(alternativesOf(schema.additionalProperties), `${path}.*`) : [];
  });
}
