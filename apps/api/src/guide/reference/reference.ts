import type { OpenApiDocument, Operation, Parameter } from '../../plugins/finish-document.js';
import { exampleBodies } from './examples.js';
import { schemaMarkdown } from './fields.js';
import { referredBy, type JsonSchema } from './json-schema.js';
import { code, paragraphs, table } from './markdown.js';
import { typeText, type LinkSchema } from './type-text.js';

const introduction = `# Reference

Every route and every field, made of the schemas that this server checks requests by; \`/openapi.json\` is the same for programs, and [/docs](/docs) sends requests from the browser. What it is all for is told in [HTTP API](api.md), errors in [Errors](errors.md). What no table of a body has is refused. Answers have every field; in requests those that are not required may be left out.`;

/** The reference as Markdown: routes by their tags, then the schemas that they refer to. */
export function referenceMarkdown(document: OpenApiDocument): string {
  const routes = Object.entries(document.paths).flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })));
  const tags = [...new Set(routes.flatMap(({ operation }) => operation.tags ?? []))];
  const schemas = document.components.schemas as Readonly<Record<string, JsonSchema>>;
  const ofTag = (tag: string): string => paragraphs([`## ${tag}`, ...routes.filter(({ operation }) => operation.tags?.includes(tag)).map(routeMarkdown)]);
  // What is answered is what was read, with its defaults: told once.
  const once = Object.entries(schemas).filter(([name]) => !Object.hasOwn(schemas, `${name}Input`));
  const ofSchema = ([name, schema]: [string, JsonSchema]): string => paragraphs([`### ${titleOf(name)}`, schemaMarkdown(schema, link)]);
  return paragraphs([introduction, ...tags.map(ofTag), '## Schemas', ...once.map(ofSchema)]);
}

const titleOf = (name: string): string => name.replace(/Input$/, '');
const link: LinkSchema = (name) => `[${titleOf(name)}](#${titleOf(name).toLowerCase()})`;

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function routeMarkdown({ method, path, operation }: Route): string {
  const route = `${method} ${path}`;
  const body = operation.requestBody?.content?.['application/json']?.schema;
  return paragraphs([
    `### ${route}`,
    operation.summary && `${operation.summary}.`,
    operation.description,
    parameterTable(operation.parameters ?? []),
    body && bodyMarkdown(body),
    answers(operation),
    exampleOf(route, path, method, body !== undefined),
  ]);
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(({ name, in: place, schema = {}, required, description }) => [
    code(name),
    place,
    typeText(schema, link),
    schema.default === undefined ? (required === true ? 'required' : '') : code(JSON.stringify(schema.default)),
    description ?? schema.description ?? '',
  ]);
  return table(['parameter', 'in', 'type', 'default', 'meaning'], rows);
}

function bodyMarkdown(body: JsonSchema): string {
  const name = referredBy(body);
  return name === undefined ? `Body:\n\n${schemaMarkdown(body, link)}` : `Body: ${link(name)}`;
}

function answers({ responses = {} }: Operation): string {
  const parts = Object.entries(responses).map(([status, { content = {} }]) => {
    const texts = Object.values(content).map(({ schema }) => (schema ? answerText(schema) : ''));
    return `${status === 'default' ? 'else' : status}${texts.length === 0 ? '' : ` ${texts.join(' or ')}`}`;
  });
  return `Answers: ${parts.join(' · ')}`;
}

/** Lists and the like are told by what they hold. */
function answerText(schema: JsonSchema): string {
  const items = schema.properties?.['data']?.items;
  if (items) return `list of ${typeText(items, link)}`;
  if (!schema.properties) return typeText(schema, link);
  return code(`{${Object.keys(schema.properties).join(', ')}}`);
}

function exampleOf(route: string, path: string, method: string, hasBody: boolean): string {
  const verb = method === 'GET' || (method === 'POST' && hasBody) ? '' : `-X ${method} `;
  const body = hasBody ? ` \\\n  -H 'Content-Type: application/json' -d '${JSON.stringify(exampleBodies[route] ?? {})}'` : '';
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name}`).replace(/\$name:/, '${name}:').replace(/\$version:/, '${version}:');
  return `\`\`\`sh\ncurl ${verb}-H "Authorization: Bearer $TRAINYARD_API_KEY" "$TRAINYARD_URL${url}"${method === 'PUT' && !hasBody ? ' -T FILE' : ''}${body}\n\`\`\``;
}
