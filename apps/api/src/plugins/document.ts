import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { App } from '../deps.js';
import { finishDocument, type OpenApiDocument } from './finish-document.js';

const info = {
  title: 'Trainyard',
  version: '0.1.0',
  description: 'Training as a service for Keras models. Errors: application/problem+json, by the codes of /docs/errors.',
};

/** Swagger UI's own policy names a host of theirs, and makes browsers ask for https, which a plain installation has not. */
const policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'";

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
    transformObject: (document) => finishDocument(jsonSchemaTransformObject(document) as OpenApiDocument),
  });
  const page = { config: { scope: 'open' as const }, schema: { hide: true } };
  app.get('/openapi.json', page, () => app.swagger());
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { url: '/openapi.json', deepLinking: true, persistAuthorization: true, validatorUrl: null, layout: 'BaseLayout' },
    staticCSP: policy,
    theme: { title: 'Trainyard API' },
  });
}
