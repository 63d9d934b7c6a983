import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { decodeNpz, encodeNpz } from '@trainyard/ndarray';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeData } from '../../examples/make-data.mjs';
import { endUp, makeHome, removeHome, startUp, trainyardProgram, type TrainyardUp } from '../support/trainyard-up.js';

const example = path.resolve(import.meta.dirname, '../../examples/digits');
const files = ['--model', path.join(example, 'model.json'), '--data', path.join(example, 'digits.npz')];

let up: TrainyardUp;
let folder: string;
let spec: Record<string, unknown>;
beforeAll(async () => {
  up = await startUp(await makeHome());
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-commands-'));
  spec = JSON.parse(await readFile(path.join(example, 'spec.json'), 'utf8')) as Record<string, unknown>;
});
afterAll(async () => {
  await endUp(up);
  await removeHome(up.home);
  await rm(folder, { recursive: true, force: true });
});

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `trainyard …` as a program of a script: no terminal. */
function trainyard(args: string[], env: NodeJS.ProcessEnv = up.env): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [trainyardProgram, ...args], { env, cwd: folder }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }));
  });
}

async function output(args: string[]): Promise<string> {
  const { code, stdout, stderr } = await trainyard(args);
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Writes a spec of so many epochs. */
async function specOf(epochs: number, changes: Record<string, unknown> = {}): Promise<string> {
  const file = path.join(folder, `spec-${epochs}-${Object.keys(changes).join('-')}.json`);
  await writeFile(file, JSON.stringify({ ...spec, callbacks: [], fit: { batch_size: 32, epochs, validation_split: 0.2 }, ...changes }));
  return file;
}

/** Runs `trainyard …` on a pseudo-terminal of 100 columns, and answers all that it wrote there. */
function onTerminal(args: string[], options: { interruptAt?: RegExp } = {}): Promise<{ code: number; screen: string }> {
  const python = [
    'import fcntl, os, pty, struct, sys, termios',
    'pid, fd = pty.fork()',
    'if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])',
    'fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))',
    'import threading',
    'threading.Thread(target=lambda: [os.write(fd, data) for data in iter(lambda: os.read(0, 1), b"")], daemon=True).start()',
    'while True:',
    '    try: data = os.read(fd, 65536)',
    '    except OSError: break',
    '    if not data: break',
    '    os.write(1, data)',
    'sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))',
  ].join('\n');
  return new Promise((resolve) => {
    const child = spawn('python3', ['-c', python, process.execPath, trainyardProgram, ...args], { env: up.env, cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    let screen = '';
    let interrupted = false;
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString();
      if (!interrupted && options.interruptAt?.test(screen) === true) {
        interrupted = true;
        child.stdin.write('\u0003'); // Ctrl-C
      }
    });
    child.on('close', (code) => resolve({ code: code ?? 1, screen }));
  });
}

describe('the trainyard command', () => {
  let job: string;

  it('trains and shows it line by line where there is no terminal', async () => {
    const shown = await output(['train', await specOf(2), ...files, '--name', 'lines', '--follow']);
    job = /^(job_\w+) queued: sequential_1, 25,274 parameters$/m.exec(shown)?.[1] ?? '';
    expect(job).not.toBe('');
    expect(shown).not.toContain('\r');
    expect(shown).toMatch(/^Uploaded digits\.npz \(\d+\.\d KiB\)$/m);
    for (const epoch of [1, 2]) expect(shown).toMatch(new RegExp(`^Epoch ${epoch}/2\\n45/45 \\[={30}\\] - \\d+s - loss: [\\d.]+ - acc: [\\d.]+ - val_loss: [\\d.]+ - val_acc: [\\d.]+$`, 'm'));
    expect(shown).toMatch(/^epoch +loss +acc +val_loss +val_acc\n {4}0( +\d\.\d{4}){4}\n {4}1( +\d\.\d{4}){4}\n/m);
    expect(shown).toContain(`${job} succeeded (completed)\n`);
    expect(shown).not.toMatch(/Epoch 3/);
  });

  it('does not upload a file again', async () => {
    const { stdout } = await trainyard(['train', await specOf(1), ...files]);
    expect(stdout).not.toContain('Uploaded');
    expect(stdout).toMatch(/ {2}trainyard follow job_\w+\n$/);
    const id = /^(job_\w+)/m.exec(stdout)![1]!;
    expect((await output(['follow', id])).trim().split('\n').at(-2)).toBe(`${id} succeeded (completed)`);
  });

  it('uploads a folder, shows what is in it, and trains on the dataset that this made', async () => {
    for (const [file, content] of await makeData('digits-shards')) {
      await mkdir(path.dirname(path.join(folder, 'shards', file)), { recursive: true });
      await writeFile(path.join(folder, 'shards', file), content);
    }
    const { screen } = await onTerminal(['data', 'upload', 'shards/train', '--to', 'digits/train']);
    const drawn = screen.split('\r\u001b[2K');
    expect(drawn.at(-2)).toMatch(/^Uploading \[={30}\] (\d+\.\d)\/\1 KiB, 9 of 9 files$/);
    expect(drawn.at(-1)).toMatch(/^Uploaded 9 files \(\d+\.\d KiB\) as files\/digits\/train\/\r?\n$/);

    const shown = await output(['data', 'inspect', 'files/digits/train/', '--name', 'digits', '--x', 'x', '--y', 'y']);
    const [head = '', ...lines] = shown.split('\n');
    expect(head).toMatch(/^ds_\w+ \(digits\): 1,440 rows in 9 files of npz, \d+\.\d KiB, files\/digits\/train\/$/);
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual(['', 'COLUMN', 'x', 'y', '', 'First rows:', 'x', ...Array<unknown>(5).fill(expect.stringMatching(/^\[\[\[\d.*…$/)), '']);
    expect(lines[2]).toMatch(/^x +uint8 \[8, 8, 1\] +0 +0 +16 /);

    const dataset = head.split(' ')[0]!;
    expect(await output(['data', 'list'])).toContain(`${dataset}  digits  ready   1440  files/digits/train/`);
    const trained = await output(['train', await specOf(1), '--model', path.join(example, 'model.json'), '--dataset', dataset, '--follow']);
    expect(trained).toContain('36/36 [='); // 1,152 of its rows
    expect((await trainyard(['train', await specOf(1), ...files, '--dataset', dataset])).stderr).toContain('Give either --data or --dataset');
    expect(await output(['data', 'delete', dataset])).toBe('');
  });

  it('draws a bar again and again on a terminal', async () => {
    const { code, screen } = await onTerminal(['train', await specOf(600), ...files, '--follow'], { interruptAt: /Epoch 40\/600/ });
    const drawn = screen.split('\r\u001b[2K');
    expect(drawn.filter((text) => /^ *\d+\/45 \[[=>.]{30}\] - ETA: \d+s - loss: [\d.]+ - acc: [\d.]+$/.test(text)).length).toBeGreaterThan(1);
    for (const text of drawn.slice(0, -1)) expect(text.split('\n').at(-1)!.length).toBeLessThan(100); // else it could not be drawn again
    // Ctrl-C leaves the job running.
    expect(code).toBe(130);
    const id = /trainyard follow (job_\w+); to end it: trainyard stop \1/.exec(screen)?.[1];
    expect(id).toBeDefined();
    expect(await output(['status', id!])).toMatch(/^status +running/m);
    expect(await output(['stop', id!])).toBe(`${id} will end after the batch that it trains\n`);
    const followed = await trainyard(['follow', id!]);
    expect(followed.code).toBe(0);
    expect(followed.stdout).toContain(`${id} succeeded (user stop)`);
  });

  it('lists jobs, and shows one', async () => {
    expect(await output(['ps'])).toMatch(new RegExp(`^JOB +KIND +NAME +STATUS +EPOCH +METRICS +CREATED\\n(.*\\n)*${job} +train +lines +succeeded +2/2 +loss: `));
    expect(JSON.parse(await output(['ps', '--json', '--limit', '1']))).toHaveLength(1);
    expect(await output(['ps', '--status', 'failed'])).toMatch(/^JOB.*\n$/);
    expect(await output(['status', job])).toMatch(/^status +succeeded, completed$/m);
    expect(JSON.parse(await output(['status', job, '--json']))).toMatchObject({ id: job, status: 'succeeded' });
  });

  it('shows the History and the logs', async () => {
    const { epoch, history } = JSON.parse(await output(['history', job, '--json'])) as { epoch: number[]; history: Record<string, number[]> };
    expect(epoch).toEqual([0, 1]);
    expect(Object.keys(history)).toEqual(['loss', 'acc', 'val_loss', 'val_acc']);
    expect((await output(['history', job])).split('\n')).toHaveLength(4);
    expect(await output(['model', job])).toMatch(/Total params: /);
    expect(JSON.parse(await output(['model', job, '--format', 'json', '--keras', '3']))).toMatchObject({ class_name: 'Sequential', module: 'keras' });
    expect(await output(['logs', job])).toMatch(/ info +Epoch 1\/2/);
    expect(await output(['logs', job, '--follow'])).toMatch(/ status +queued\n.* status +succeeded\n/s);
  });

  it('draws the History, and says in what jobs differ', async () => {
    expect(await output(['history', job, '--plot'])).toMatch(/\nloss: • loss {2}o val_loss\n(.*│.*\n){12} +└─+\n +0 +1\n\nacc: /);
    const created = JSON.parse(await output(['train', await specOf(1, { seed: 5 }), ...files, '--name', 'other', '--follow', '--json'])) as { id: string; status: string };
    expect(created.status).toBe('succeeded');
    const shown = await output(['compare', job, created.id, '--plot', 'loss']);
    expect(shown).toMatch(/^SPEC +lines +other\nname +"lines" +"other"$/m);
    expect(shown).toMatch(/^fit\/epochs +2 +1$/m);
    expect(shown).toMatch(/^loss +\d\.\d{4} +\d\.\d{4}$/m);
    expect(shown).toContain('loss: • lines  o other');
    expect(JSON.parse(await output(['compare', job, created.id, '--json']))).toMatchObject({ jobs: [{ id: job }, { id: created.id }], metrics: { loss: [expect.any(Number), expect.any(Number)] } });
    expect((await trainyard(['compare', job])).stderr).toBe('Expected the ids of two jobs or more\n');
    expect((await output(['ps', '--ids'])).split('\n')).toContain(created.id);
    expect((await output(['logs', job, '--json'])).trim().split('\n').map((line) => (JSON.parse(line) as { level: string }).level)).toContain('info');
  });

  it('looks at what it stands on, and says what to do', async () => {
    const findings = JSON.parse(await output(['doctor', '--json'])) as { name: string; state: string }[];
    expect(findings.map(({ name }) => name)).toEqual(['node', 'libtensorflow', 'postgres', 'redis', 'storage', 'disk', 'memory', 'gpu', 'clock', 'config', 'server']);
    for (const name of ['node', 'libtensorflow', 'postgres', 'redis', 'storage', 'clock', 'config', 'server']) expect(findings).toContainEqual(expect.objectContaining({ name, state: 'ok' }));
    const elsewhere = { TRAINYARD_LIBTENSORFLOW: folder, DATABASE_URL: 'postgresql://u:secret@127.0.0.1:9/d', REDIS_URL: 'redis://127.0.0.1:9', OBJECT_STORE_URL: `file://${folder}/spec.json/x`, TRAINYARD_URL: up.url, TRAINYARD_API_KEY: 'ty_wrong' };
    await writeFile(path.join(folder, 'spec.json'), '');
    const { code, stdout } = await trainyard(['doctor'], { ...up.env, ...elsewhere });
    expect(code).toBe(1);
    for (const part of ['libtensorflow', 'postgres', 'redis', 'storage', 'server']) expect(stdout).toMatch(new RegExp(`^✗ ${part} +.*\\n {16}\\S`, 'm'));
    expect(stdout).not.toContain('secret');
  });

  it('predicts, from JSON and from npz', async () => {
    const blank = Array.from({ length: 8 }, () => Array.from({ length: 8 }, () => [0]));
    const [probabilities] = JSON.parse(await output(['predict', job, '--instances', JSON.stringify([blank])])) as number[][];
    expect(probabilities).toHaveLength(10);
    expect(probabilities!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    const [best] = JSON.parse(await output(['predict', job, '--classes', '--checkpoint', 'latest', '--instances', JSON.stringify([blank])])) as number[];
    expect(probabilities![best!]).toBe(Math.max(...probabilities!));
    await writeFile(path.join(folder, 'x.npz'), encodeNpz([['conv2d_1_input', { dtype: 'float32', shape: [2, 8, 8, 1], data: new Float32Array(128) }]]));
    expect(await output(['predict', job, '--data', 'x.npz', '--output', 'y.npz'])).toBe('Written to y.npz\n');
    const [[, array] = []] = decodeNpz(await readFile(path.join(folder, 'y.npz')));
    expect(array?.shape).toEqual([2, 10]);
    expect(array?.data[0]).toBeCloseTo(probabilities![0]!, 5);
  });

  it('evaluates, and predicts for, a whole source', async () => {
    const source = path.join(example, 'digits.npz');
    const evaluated = await output(['evaluate', job, source, '--checkpoint', 'final', '--batch-size', '100']);
    expect(evaluated).toMatch(/^job_\w+ succeeded \(completed\)\nloss: \d\.\d{4} - acc: 0\.\d{4}\n$/);
    const predicted = await output(['predict', job, '--source', source, '--steps', '3', '--output', 'all.npz']);
    expect(predicted).toMatch(/^job_\w+ succeeded \(completed\)\n {2}(\w+): float32 \[96, 10\]\nall\.npz \(\d+\.\d KiB\)\n$/);
    expect([...decodeNpz(await readFile(path.join(folder, 'all.npz'))).values()].map(({ shape }) => shape)).toEqual([[96, 10]]);
    expect((await output(['ps', '--kind', 'evaluate'])).split('\n')).toHaveLength(3);
    expect((await trainyard(['predict', job, '--source', source])).stderr).toMatch(/^Predictions of a source are an npz file: /);
    expect((await trainyard(['evaluate', job, 'nowhere'])).stderr).toMatch(/^nowhere: expected a source as a JSON file, /);
  });

  it('downloads a checkpoint, whole or not at all', async () => {
    expect(await output(['download', job, '--output', 'model.h5'])).toMatch(/^model\.h5 \(\d+\.\d KiB\)\n$/);
    expect(await output(['download', job, '--keras'])).toMatch(/^final\.keras \(\d+\.\d [KM]iB\)\n$/);
    expect(await output(['download', job, '--format', 'tfjs'])).toMatch(/^final\.tfjs\.tar \(\d+\.\d [KM]iB\)\n$/);
    expect(await output(['download', job, '--format', 'saved_model'])).toMatch(/^final\.saved_model\.tar \(\d+\.\d [KM]iB\)\n$/);
    expect((await readFile(path.join(folder, 'model.h5'))).subarray(1, 4).toString()).toBe('HDF');
    const missing = await trainyard(['download', job, 'epoch-99', '--output', 'none.h5']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/not_found/);
    expect((await readdir(folder)).filter((name) => name.startsWith('none') || name.endsWith('.part'))).toEqual([]);
  });

  it('says where a spec is wrong, every place', async () => {
    const one = await trainyard(['train', await specOf(1, { fit: { epoks: 1 } }), ...files]);
    expect(one).toEqual({ code: 1, stdout: '', stderr: '/fit/epoks: there is no such field (invalid_request)\n' });
    const two = await trainyard(['train', await specOf(1, { fit: { epoks: 1, batch_size: 0 } }), ...files]);
    expect(two.code).toBe(1);
    expect(two.stderr).toMatch(/^2 things are wrong \(invalid_request\):\n {2}\/fit\/\w+: .*\n {2}\/fit\/\w+: .*\n$/);
  });

  it('exits with 1 when the job fails, and says why', async () => {
    const { code, stdout } = await trainyard(['train', await specOf(1, { data: { train: { x: 'nothing', y: 'y' } } }), ...files, '--follow']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^job_\w+ failed: .*nothing.* \(data_\w+\)$/m);
  });

  it.each([
    [['train', '/nonexistent.json'], 1, '/nonexistent.json: there is no such file\n'],
    [['status', 'job_none'], 1, 'there is no job job_none (not_found)\n'],
    [['predict', 'job_none'], 1, 'Say what to predict for: one of --data FILE (.npz or .json), --instances JSON, --image FILE and --source SOURCE\n'],
    [['ps', '--status', 'done'], 1, '--status: expected one of queued, running, paused, succeeded, failed, cancelled, received done\n'],
    [['ps', '--limit', '0'], 1, '--limit: expected a number from 1 on, received "0"\n'],
    [['status'], 2, "error: missing required argument 'job'\n(trainyard --help shows how)\n"],
    [['nonsense'], 2, "error: unknown command 'nonsense'\n(trainyard --help shows how)\n"],
  ])('answers %j with code %i and a sentence', async (args, code, stderr) => {
    expect(await trainyard(args)).toEqual({ code, stdout: '', stderr });
  });

  it('says that no server answers, and which key is missing', async () => {
    const away = await trainyard(['ps'], { ...up.env, TRAINYARD_URL: 'http://127.0.0.1:9' });
    expect(away.code).toBe(1);
    expect(away.stderr).toMatch(/^No Trainyard server answers at http:\/\/127\.0\.0\.1:9: start one with `trainyard up`/);
    const stranger = await trainyard(['ps'], { ...up.env, TRAINYARD_URL: up.url, TRAINYARD_API_KEY: 'ty_wrong' });
    expect(stranger.code).toBe(1);
    expect(stranger.stderr).toMatch(/\(unauthenticated\) Set TRAINYARD_API_KEY to a key of that server\.\n$/);
  });

  it('prints the environment as a shell reads it', async () => {
    expect(await output(['env'])).toBe(`export TRAINYARD_URL=${up.url} TRAINYARD_API_KEY=${up.apiKey}\n`);
  });

  it('prints a link to the web page that logs in, as the first start does', async () => {
    const link = `${up.url}/#key=${up.apiKey}`;
    expect(await output(['dashboard'])).toBe(`${link}\n`);
    expect(up.output()).toContain(`web page: ${link}\n`);
  });
});
