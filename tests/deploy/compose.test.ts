import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');

interface Service {
  image: string;
  build?: { context: string; target: string };
  command?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  stop_grace_period?: string;
  restart?: string;
  volumes?: string[];
  ports?: string[];
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, null>;
  configs: Record<string, { content: string }>;
}

const compose = parse(await read('docker-compose.yml'), { merge: true }) as Compose;
const dockerfile = await read('Dockerfile');
const targets = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map((match) => match[1]);
/** `name:tag` with a version in the tag: `latest` and `17` would be other images tomorrow. */
const pinned = /^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?$/;

describe('docker-compose.yml', () => {
  it('has every part of the product', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['api', 'postgres', 'predictor', 'prepare', 'seaweedfs', 'valkey', 'worker']);
  });

  it.each(Object.entries(compose.services))('%s is pinned, and built from a target that exists', (_name, service) => {
    expect(service.image).toMatch(pinned);
    if (service.build !== undefined) expect(targets).toContain(service.build.target);
  });

  it.each(Object.entries(compose.services).filter(([name]) => name !== 'prepare'))('%s has time to stop, and starts again', (_name, service) => {
    expect(Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1])).toBeGreaterThanOrEqual(30);
    expect(service.restart).toBe('unless-stopped');
  });

  it('starts what others need first, and waits until it is healthy', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = compose.services[needed];
        expect(other, `${name} needs ${needed}`).toBeDefined();
        if (condition === 'service_healthy') expect(other?.healthcheck, `${needed} has a health check`).toBeDefined();
      }
    }
    for (const name of ['api', 'worker', 'predictor']) expect(compose.services[name]?.depends_on).toEqual({ prepare: { condition: 'service_completed_successfully' } });
  });

  it.each([
    ['api', 'api'],
    ['worker', 'worker'],
    ['predictor', 'predictor'],
    ['prepare', 'cli'],
  ])('%s is given only variables that apps/%s knows', async (service, app) => {
    const known = await read(`apps/${app}/src/env.ts`);
    const given = Object.keys(compose.services[service]?.environment ?? {});
    expect(given.length).toBeGreaterThan(4);
    for (const name of given) expect(known, name).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it('runs programs that are there', async () => {
    const sources = [...dockerfile.matchAll(/"(apps\/\w+)\/dist\/(\w+)\.js"/g), ...JSON.stringify(compose).matchAll(/"(apps\/\w+)\/dist\/(\w+)\.js"/g)];
    expect(sources.length).toBeGreaterThan(4);
    for (const [, app, file] of sources) await expect(read(`${app}/src/${file}.ts`)).resolves.toContain('import');
  });

  it('publishes the API only, on this machine only', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
    expect(published).toEqual(['api 127.0.0.1:${API_PORT:-8000}:8000']);
  });

  it('keeps data in volumes that are declared', () => {
    const used = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]));
    expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('asks for every secret and has none in it; .env.example names them all', async () => {
    const text = await read('docker-compose.yml');
    const asked = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map((match) => match[1]));
    const example = await read('.env.example');
    expect([...asked].sort()).toEqual(['POSTGRES_PASSWORD', 'REDIS_PASSWORD', 'S3_ACCESS_KEY', 'S3_SECRET_KEY']);
    for (const name of asked) expect(example).toMatch(new RegExp(`^${name}=`, 'm'));
    expect((await read('.gitignore')).split('\n')).toContain('.env');
    expect((await read('.dockerignore')).split('\n')).toContain('.env');
  });

  it('turns SeaweedFS’s telemetry off and gives it our keys', () => {
    expect(compose.services.seaweedfs?.command).toContain('-master.telemetry=false');
    const config = compose.configs['seaweedfs-s3']!.content.replaceAll(/\$\{(\w+):\?[^}]*\}/g, '$1');
    expect(JSON.parse(config)).toMatchObject({ identities: [{ credentials: [{ accessKey: 'S3_ACCESS_KEY', secretKey: 'S3_SECRET_KEY' }] }] });
  });

  it('is what docker compose understands, where there is one', async (context) => {
    const run = promisify(execFile);
    const there = await run('docker', ['compose', 'version']).then(() => true, () => false);
    if (!there) return context.skip('docker compose is not installed');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-compose-'));
    const env = path.join(folder, 'env');
    await writeFile(env, (await read('.env.example')).replaceAll(/=$/gm, '=x'));
    await run('docker', ['compose', '--env-file', env, 'config', '--quiet'], { cwd: root });
    await rm(folder, { recursive: true });
  });
});

describe('Dockerfile', () => {
  it('has the targets, on pinned bases', () => {
    expect(targets).toEqual(expect.arrayContaining(['api', 'worker', 'predictor', 'worker-gpu']));
    const bases = [...dockerfile.matchAll(/^ARG \w+_IMAGE=(\S+)$/gm)].map((match) => match[1]!);
    expect(bases.length).toBeGreaterThan(0);
    for (const base of bases) expect(base).toMatch(pinned);
    for (const [, base] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(base?.startsWith('${') || targets.includes(base)).toBe(true);
  });

  it('gives the API no libtensorflow, and does not run as root', () => {
    const stage = (name: string): string => dockerfile.split(/^(?=FROM )/m).find((text) => text.split('\n')[0]?.endsWith(` AS ${name}`)) ?? '';
    expect(stage('api')).not.toMatch(/tensorflow/);
    expect(stage('runtime')).toMatch(/^USER node$/m);
    for (const name of ['worker', 'predictor', 'worker-gpu']) expect(stage(name)).toMatch(/TRAINYARD_LIBTENSORFLOW=/);
  });

  it('leaves nothing out of the build that the build compiles', async () => {
    const ignored = (await read('.dockerignore')).split('\n').filter((line) => line !== '' && !line.startsWith('**'));
    const { references } = JSON.parse(await read('tsconfig.json')) as { references: { path: string }[] };
    for (const { path: project } of references) for (const line of ignored) expect(`${project}/src`.startsWith(`${line}/`), `${project} and ${line}`).toBe(false);
  });

  it('keeps the documentation, which the API serves', async () => {
    expect((await read('.dockerignore')).split('\n').filter((line) => line.startsWith('docs'))).toEqual([]);
    await expect(read('docs/errors.md')).resolves.toContain('# Errors');
    expect((await read('.dockerignore')).split('\n')).not.toEqual(expect.arrayContaining([expect.stringMatching(/\.(md|png)$/)]));
  });

  it('takes the set-up’s own steps', async () => {
    const { setup } = await import('../../scripts/setup.mjs');
    for (const [, names] of dockerfile.matchAll(/node scripts\/setup\.mjs ([a-z ]+)/g)) {
      // An unknown name is refused before anything is done; with it, no step runs.
      await expect(setup([...names!.trim().split(' '), 'nonsense'])).rejects.toThrow('There is no step nonsense;');
    }
  });
});
