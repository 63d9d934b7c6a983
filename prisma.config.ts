import { defineConfig } from 'prisma/config';

// `prisma generate` never runs the native schema engine, and yet downloads it unless told where one is. Any executable
// will do. Only for `generate`: a command that needs the engine must not run this one (migrations: `npm run migrate`).
if (process.argv.includes('generate')) process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
