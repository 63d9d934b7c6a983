import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endUp, makeHome, processesOf, removeHome, startUp, trainyardProgram, upEnvironment, type TrainyardUp } from '../support/trainyard-up.js';
import { waitFor } from '../support/wait-for.js';

const patient = { timeout: 60_000, interval: 100 };

const readiness = async (url: string): Promise<unknown> => {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined);
  return ((await answer?.json()) as { status?: string } | undefined)?.status;
};
const list = (up: TrainyardUp, key = up.apiKey): Promise<Response> => fetch(`${up.url}/v1/jobs`, { headers: key === '' ? {} : { authorization: `Bearer ${key}` } });

/** Runs the trainyard command to its end. */
function run(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [trainyardProgram, ...args], { env }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }));
  });
}

describe('trainyard up on embedded parts', () => {
  let home: string;
  let up: TrainyardUp;
  beforeAll(async () => {
    home = await makeHome();
    up = await startUp(home);
  });
  afterAll(async () => {
    await endUp(up, 'SIGKILL');
    await waitFor('every process to end', async () => ((await processesOf(home)).length === 0 ? true : undefined));
    await removeHome(home);
  });

  it('serves with every part ready, and says so', async () => {
    expect(await readiness(up.url)).toBe('ready');
    expect(up.output()).toContain('Postgres 18.4 (embedded) · Valkey 9.1.2 (embedded) · files in ');
    expect(up.output()).toContain(`API key, shown this once: ${up.apiKey}`);
  });

  it('lets in who has the key, which only the owner of the data directory can read', async () => {
    expect((await list(up)).status).toBe(200);
    expect((await list(up, '')).status).toBe(401);
    expect((await list(up, `${up.apiKey}x`)).status).toBe(401);
    for (const file of ['credentials.json', 'secrets.json']) expect((await stat(path.join(home, file))).mode & 0o777, file).toBe(0o600);
  });

  it('keeps passwords off every command line', async () => {
    const secrets = Object.values(JSON.parse(await readFile(path.join(home, 'secrets.json'), 'utf8')) as Record<string, string>);
    expect(secrets.length).toBe(2);
    for (const { command } of await processesOf(home)) for (const secret of [...secrets, up.apiKey]) expect(command).not.toContain(secret);
  });

  it('is alone in its data directory: a second one says where the first one serves', async () => {
    const second = await run(['up'], up.env);
    expect(second.code).toBe(1);
    expect(second.output).toBe(`Trainyard serves at ${up.url} already (process ${up.child.pid}, data directory ${home}). To run a second one beside it, set TRAINYARD_HOME to another directory.\n`);
    expect(await readiness(up.url)).toBe('ready');
  });

  it.each(['bin/postgres', 'valkey-server', 'apps/api', 'apps/worker', 'apps/predictor'])('starts %s again when it is killed', async (part) => {
    const [killed] = (await processesOf(home)).filter(({ command }) => command.includes(part));
    expect(killed, part).toBeDefined();
    const before = up.output().length;
    process.kill(killed!.pid, 'SIGKILL');
    await expect.poll(() => up.output().slice(before), patient).toMatch(/^! The \w+ ended \(SIGKILL\); starting it again in [\d.]+ s\n/);
    await expect.poll(() => up.output().slice(before), patient).toMatch(/! The \w+ is back\n/);
    await expect.poll(() => readiness(up.url), patient).toBe('ready');
    expect((await list(up)).status).toBe(200);
  });

  it('goes on when nobody reads what it writes any more', async () => {
    const home2 = await makeHome();
    const unread = await startUp(home2);
    unread.child.stdout?.destroy();
    const [worker] = (await processesOf(home2)).filter(({ command }) => command.includes('apps/worker'));
    process.kill(worker!.pid, 'SIGKILL'); // which it wants to tell
    await waitFor('another worker', async () => (await processesOf(home2)).find(({ command, pid }) => command.includes('apps/worker') && pid !== worker!.pid));
    expect(await readiness(unread.url)).toBe('ready');
    expect(await endUp(unread)).toBe(0);
    expect(await processesOf(home2)).toEqual([]);
    await removeHome(home2);
  });

  it('stops everything on SIGTERM, and goes on with the same key', async () => {
    expect(await endUp(up)).toBe(0);
    expect(await processesOf(home)).toEqual([]);
    const { apiKey } = up;
    up = await startUp(home);
    expect(up.apiKey).toBe(apiKey);
    expect(up.output()).not.toContain(apiKey);
    expect((await list(up)).status).toBe(200);
  });

  it('leaves no process behind when it is killed itself, and starts again', async () => {
    expect((await processesOf(home)).length).toBeGreaterThan(5);
    expect(await endUp(up, 'SIGKILL')).toBe(null);
    await expect.poll(() => processesOf(home), patient).toEqual([]);
    up = await startUp(home);
    expect(await readiness(up.url)).toBe('ready');
  });

  it('takes the next port when 8000 is taken, and refuses one that is asked for', async () => {
    const taken = new URL(up.url).port;
    const home2 = await makeHome();
    const refused = await run(['up', '--port', taken], await upEnvironment(home2));
    expect(refused).toEqual({ code: 1, output: `Port ${taken} on 127.0.0.1 is taken: choose another one with --port, or leave it out to get a free one.\n` });
    const second = await startUp(home2);
    expect(new URL(second.url).port).not.toBe(taken);
    expect((await list(second, up.apiKey)).status).toBe(401);
    expect(await endUp(second, 'SIGINT')).toBe(0);
    expect(await processesOf(home2)).toEqual([]);
    await removeHome(home2);
  });

  it('asks for no key where authentication is off', async () => {
    await endUp(up);
    up = await startUp(home, { env: { TRAINYARD_AUTH: 'off' } });
    expect((await list(up, '')).status).toBe(200);
    const open = await run(['up', '--host', '0.0.0.0'], { ...(await upEnvironment(`${home}-open`)), TRAINYARD_AUTH: 'off' });
    expect(open.code).toBe(1);
    expect(open.output).toMatch(/TRAINYARD_AUTH: off works on a loopback address only/);
    await removeHome(`${home}-open`);
  });
});

describe('the process that starts trainyard up', () => {
  let home: string;
  beforeAll(async () => {
    home = await makeHome();
  });
  afterEach(async () => {
    await expect.poll(() => processesOf(home), patient).toEqual([]);
  });
  afterAll(() => removeHome(home));

  it('is told when it serves, and takes it along when it is killed', async () => {
    const parent = spawn(
      process.execPath,
      ['-e', `const child = require('node:child_process').fork(${JSON.stringify(trainyardProgram)}, ['up'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }); child.on('message', (message) => console.log(JSON.stringify(message)));`],
      { env: await upEnvironment(home), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const message = JSON.parse(line.toString()) as { ready: boolean; url: string; apiKey: string };
    expect(message).toMatchObject({ ready: true, url: expect.stringMatching(/^http:/) as string, apiKey: expect.stringMatching(/^ty_/) as string });
    expect(await readiness(message.url)).toBe('ready');
    parent.kill('SIGKILL');
  });

  it('may interrupt it while it starts', async () => {
    const env = await upEnvironment(home);
    for (const delay of [50, 250, 600, 1000]) {
      const child = spawn(process.execPath, [trainyardProgram, 'up'], { env, stdio: 'ignore' });
      const ended = once(child, 'exit');
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGINT');
      await ended;
      expect(await processesOf(home), `after ${delay} ms`).toEqual([]);
    }
  });
});

describe('a data directory', () => {
  it.runIf(process.getuid?.() === 0)('that nobody can enter is refused for root, with what to do', async () => {
    const closed = await makeHome();
    await chmod(closed, 0o700);
    const home = path.join(closed, 'data');
    const { code, output } = await run(['up'], await upEnvironment(home));
    expect(code).toBe(1);
    expect(output).toBe(
      `The data directory ${home} cannot be used by root: Postgres runs as user nobody then, who cannot enter ${closed}. Set TRAINYARD_HOME to another directory, such as /var/lib/trainyard.\n`,
    );
    await removeHome(closed);
  });

  it('that is no directory is refused', async () => {
    const { code, output } = await run(['up'], await upEnvironment('/dev/null/data'));
    expect(code).toBe(1);
    expect(output).toMatch(/^The data directory \/dev\/null\/data cannot be written/);
  });
});
