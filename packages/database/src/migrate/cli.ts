// `npm run migrate -- deploy | diff | create NAME`, on the database of DATABASE_URL.
import { deployMigrations } from './deploy.js';
import { createMigration, diffMigrations } from './develop.js';

const usage = 'usage: npm run migrate -- deploy | diff | create NAME   (DATABASE_URL says where)';

async function main([command, name]: readonly string[], url: string | undefined): Promise<number> {
  if (url === undefined) {
    console.error(`DATABASE_URL is not set\n${usage}`);
    return 1;
  }
  switch (command) {
    case 'deploy': {
      const applied = await deployMigrations(url);
      console.log(applied.length === 0 ? 'up to date' : applied.map((migration) => `applied ${migration}`).join('\n'));
      return 0;
    }
    case 'diff': {
      const sql = await diffMigrations({ url });
      console.log(sql === '' ? 'schema and migrations agree' : sql);
      return sql === '' ? 0 : 2;
    }
    case 'create': {
      const created = await createMigration(name ?? '', { url });
      console.log(created === undefined ? 'schema and migrations agree: nothing to create' : `created prisma/migrations/${created}`);
      return 0;
    }
    default:
      console.error(usage);
      return 1;
  }
}

process.exitCode = await main(process.argv.slice(2), process.env['DATABASE_URL']);
