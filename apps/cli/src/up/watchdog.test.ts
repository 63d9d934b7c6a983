import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isRunning } from './processes.js';
import { Watchdog } from './watchdog.js';

const sleeper = (): ChildProcess => spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });

describe('the watchdog', () => {
  it('ends what is watched and spares what was forgotten when its owner is gone', async () => {
    const watchdog = new Watchdog();
    const [watched, forgotten] = [sleeper(), sleeper()];
    watchdog.watch('apps', watched.pid!, 'SIGTERM');
    watchdog.watch('servers', forgotten.pid!, 'SIGTERM');
    watchdog.forget(forgotten.pid!);
    const end = once(watched, 'exit');
    const closed = watchdog.close(); // what the kernel does to the pipe of a process that is killed
    expect(await end).toEqual([null, 'SIGTERM']);
    await closed;
    expect(isRunning(forgotten.pid!)).toBe(true);
    forgotten.kill('SIGKILL');
  });

  it('ends the apps before the servers that they use', async () => {
    const watchdog = new Watchdog();
    const app = spawn('sh', ['-c', 'trap "sleep 0.5; exit 7" TERM; echo ready; while :; do sleep 0.05; done'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(app.stdout, 'data');
    const server = sleeper();
    const order: string[] = [];
    app.once('exit', (code) => order.push(`app ${code}`));
    server.once('exit', () => order.push('server'));
    watchdog.watch('servers', server.pid!, 'SIGTERM');
    watchdog.watch('apps', app.pid!, 'SIGTERM');
    const closed = watchdog.close();
    await once(server, 'exit');
    await closed;
    expect(order).toEqual(['app 7', 'server']);
  });

  it('kills what does not listen', { timeout: 30_000 }, async () => {
    const watchdog = new Watchdog();
    const deaf = spawn('sh', ['-c', 'trap "" TERM; echo deaf; while :; do sleep 1; done'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(deaf.stdout, 'data');
    watchdog.watch('servers', deaf.pid!, 'SIGTERM');
    const end = once(deaf, 'exit');
    const closed = watchdog.close();
    expect(await end).toEqual([null, 'SIGKILL']);
    await closed;
  });

  it('outlives its owner, which is killed, and ends the owner’s servers then', async () => {
    const source = new URL('watchdog.ts', import.meta.url).pathname;
    const owner = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { spawn } from 'node:child_process';
         import { transformSync } from 'esbuild';
         import { readFileSync } from 'node:fs';
         const { code } = transformSync(readFileSync(${JSON.stringify(source)}, 'utf8'), { loader: 'ts', format: 'esm' });
         const { Watchdog } = await import('data:text/javascript;base64,' + Buffer.from(code).toString('base64'));
         const server = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
         new Watchdog().watch('servers', server.pid, 'SIGINT');
         console.log(server.pid);
         setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const server = Number(line.toString());
    expect(isRunning(server)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 100)); // the line may arrive before the shell has read `watch`
    owner.kill('SIGKILL');
    await expect.poll(() => isRunning(server), { timeout: 10_000 }).toBe(false);
  });
});
