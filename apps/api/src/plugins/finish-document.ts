import { problemMediaType } from '@trainyard/protocol';
import type { JsonSchema } from '../guide/reference/json-schema.js';

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: JsonSchema;
  style?: string;
  explode?: boolean;
}

type Content = Record<string, { schema?: JsonSchema }>;

export interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content?: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
}

/** What is looked at here of an OpenAPI document. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

/** What routes' schemas cannot say. */
export function finishDocument(document: OpenApiDocument): OpenApiDocument {
  for (const operation of Object.values(document.paths).flatMap((operations) => Object.values(operations))) {
    nameDeepObjects(operation);
    addProblem(operation);
  }
  nameWildcards(document);
  dropUnused(document);
  return document;
}

/** Query parameters that are objects are written `metadata[team]=nlp`. */
function nameDeepObjects({ parameters = [] }: Operation): void {
  for (const parameter of parameters) {
    if (parameter.in === 'query' && parameter.schema?.type === 'object') Object.assign(parameter, { style: 'deepObject', explode: true });
  }
}

/** Whatever goes wrong is answered alike. */
function addProblem(operation: Operation): void {
  const content = { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } };
  operation.responses = { ...operation.responses, default: { description: 'A problem: see /docs/errors', content } };
}

/** The router calls the rest of a path `*`, which is no name in OpenAPI. */
function nameWildcards({ paths }: OpenApiDocument): void {
  for (const [path, operations] of Object.entries(paths)) {
    if (!path.includes('{*}')) continue;
    for (const { parameters = [] } of Object.values(operations)) for (const parameter of parameters) if (parameter.name === '*') parameter.name = 'path';
    paths[path.replace('{*}', '{path}')] = operations;
    delete paths[path];
  }
}

/** Every schema is there twice, as it is read and as it is written; most are needed once. */
function dropUnused({ paths, components }: OpenApiDocument): void {
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(components.schemas[name]);
    }
  };
  visit(paths);
  components.schemas = Object.fromEntries(Object.entries(components.schemas).filter(([name]) => used.has(name)));
}
