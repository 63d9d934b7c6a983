import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { App } from '../deps.js';

const info = {
  title: 'Trainyard',
  version: '0.1.0',
  description: 'Training as a service for Keras models. Errors: application/problem+json, by the codes of /docs/errors.',
};

interface Parameter {
  in: string;
  schema?: { type?: string };
  style?: string;
  explode?: boolean;
}

/** `/openapi.json` out of the routes' schemas, and `/docs`, which shows it and asks no other host for anything. */
export async function documentApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info,
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key: ty_…' } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => nameDeepObjects(jsonSchemaTransformObject(document)),
  });
  const page = { config: { scope: 'open' as const }, schema: { hide: true } };
  app.get('/openapi.json', page, () => app.swagger());
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { url: '/openapi.json', deepLinking: true, persistAuthorization: true },
    staticCSP: true,
    theme: { title: 'Trainyard API' },
  });
}

/** Query parameters that are objects are written `metadata[team]=nlp`. */
function nameDeepObjects<T>(document: T): T {
  const { paths = {} } = document as { paths?: Record<string, Record<string, { parameters?: Parameter[] }>> };
  for (const operations of Object.values(paths)) {
    for (const { parameters = [] } of Object.values(operations)) {
      for (const parameter of parameters) {
        if (parameter.in === 'query' && parameter.schema?.type === 'object') Object.assign(parameter, { style: 'deepObject', explode: true });
      }
    }
  }
  return document;
}
