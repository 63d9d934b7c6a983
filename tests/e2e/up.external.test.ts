import { execFile } from 'node:child_process';
import path from 'node:path';
import { createEmptyDatabase } from '@trainyard/database/testing';
import { startRedis, type OwnRedis } from '@trainyard/queue/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSeaweed, whyNoSeaweed, type Seaweed } from '../support/seaweed.js';
import { endUp, makeHome, processesOf, removeHome, startUp, trainyardProgram, upEnvironment } from '../support/trainyard-up.js';

const example = path.resolve(import.meta.dirname, '../../examples/digits');
const noSeaweed = await whyNoSeaweed();

describe.skipIf(noSeaweed !== undefined)(`servers of one’s own: Postgres, Redis, S3${noSeaweed === undefined ? '' : ` (skipped: ${noSeaweed})`}`, () => {
  let home: string;
  let database: { url: string; drop: () => Promise<void> };
  let redis: OwnRedis;
  let seaweed: Seaweed;
  let servers: NodeJS.ProcessEnv;
  beforeAll(async () => {
    home = await makeHome();
    [database, redis, seaweed] = await Promise.all([createEmptyDatabase(), startRedis(), startSeaweed()]);
    const { endpoint, accessKey, secretKey } = seaweed.config;
    // The bucket does not exist yet.
    servers = { DATABASE_URL: database.url, REDIS_URL: redis.url, OBJECT_STORE_URL: 's3://trainyard-up/first', S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey };
  });
  afterAll(async () => {
    await Promise.all([database.drop(), redis.stop(), seaweed.stop(), removeHome(home)]);
  });

  const trainyard = async (args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number; stdout: string; stderr: string }> => {
    const all = { ...(await upEnvironment(home)), ...env };
    return new Promise((resolve) => {
      execFile(process.execPath, [trainyardProgram, ...args], { env: all }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }));
    });
  };

  it('are prepared by a command, as often as one likes', async () => {
    const prepared = { code: 0, stdout: 'The database is up to date.\nThe bucket of s3://trainyard-up/first is there.\n', stderr: '' };
    expect(await trainyard(['prepare'], servers)).toEqual(prepared);
    expect(await trainyard(['prepare'], servers)).toEqual(prepared);
    expect(await trainyard(['prepare'], {})).toEqual({ code: 1, stdout: '', stderr: 'Set DATABASE_URL to the database that the API uses.\n' });
  });

  it('take the place of the embedded ones, and keep what is trained', async () => {
    const { stdout: key } = await trainyard(['create-key', '--project', 'vision', '--name', 'test'], servers);
    expect(key).toMatch(/^ty_\S+\n$/);
    const up = await startUp(home, { env: servers });
    try {
      expect(up.output()).toContain('Postgres of DATABASE_URL · Redis of REDIS_URL · s3://trainyard-up/first');
      const commands = (await processesOf(home)).map(({ command }) => command);
      expect(commands.filter((command) => /bin\/postgres|valkey-server|redis-server/.test(command))).toEqual([]);
      const user = { TRAINYARD_URL: up.url, TRAINYARD_API_KEY: key.trim() };
      const files = ['--model', path.join(example, 'model.json'), '--data', path.join(example, 'digits.npz')];
      const trained = await trainyard(['train', path.join(example, 'spec.json'), ...files, '--follow'], user);
      expect(trained, trained.stderr).toMatchObject({ code: 0 });
      const job = /^(job_\w+) succeeded/m.exec(trained.stdout)![1]!;
      const target = path.join(home, 'best.h5');
      expect(await trainyard(['download', job, 'best', '--output', target], user)).toMatchObject({ code: 0 });
      // Another project, that of the key which `up` made, does not see the job.
      expect(await trainyard(['status', job], {})).toEqual({ code: 1, stdout: '', stderr: `there is no job ${job} (not_found)\n` });
    } finally {
      expect(await endUp(up)).toBe(0);
    }
    expect(await processesOf(home)).toEqual([]);
  });

  it('are named in what is said when they cannot be used', async () => {
    const away = await trainyard(['up'], { ...servers, DATABASE_URL: 'postgresql://postgres:geheim@127.0.0.1:9/none' });
    expect(away.code).toBe(1);
    expect(away.stderr).toMatch(/^The database at postgresql:\/\/postgres:\*\*\*@127\.0\.0\.1:9\/none could not be brought up to date: /);
    const wrong = await trainyard(['up'], { ...servers, S3_SECRET_KEY: 'wrong' });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/^The object storage cannot be used: /);
    expect(await processesOf(home)).toEqual([]);
  });
});
