import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endUp, makeHome, removeHome, startUp, type TrainyardUp } from '../support/trainyard-up.js';

const root = path.resolve(import.meta.dirname, '../..');
const readme = await readFile(path.join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```bash\n(.*?)^```$/gms)].map((match) => match[1]!);

let up: TrainyardUp;
let folder: string;
beforeAll(async () => {
  up = await startUp(await makeHome());
  // A folder of its own, as the blocks write into the current one.
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-readme-'));
  for (const name of ['examples', 'node_modules', 'package.json']) await symlink(path.join(root, name), path.join(folder, name));
});
afterAll(async () => {
  await endUp(up);
  await removeHome(up.home);
  await rm(folder, { recursive: true, force: true });
});

/** Runs a script in one shell, which ends with the first command that fails. */
function bash(script: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env: up.env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('the README', () => {
  it('does what it says, block after block', { timeout: 300_000 }, async () => {
    expect(blocks.length).toBeGreaterThan(5);
    const marked = blocks.map((block, i) => `${block}\necho; echo "== block ${i} done"`);
    const { code, stdout, stderr } = await bash(marked.join('\n'));
    expect({ code, stderr }, `${stdout}\n${stderr}`).toMatchObject({ code: 0 });
    const outputs = stdout.split(/== block \d+ done/);
    const outputOf = (text: string): string => outputs[blocks.findIndex((block) => block.includes(text))] ?? '';

    expect(outputOf('npx trainyard train')).toMatch(/Epoch 1\/12\n45\/45 \[=+\] - .*val_acc: .*succeeded \(completed\).*JOB .*digits .*succeeded/s);
    expect(JSON.parse(outputOf('examples/digits/digits.npz "$TRAINYARD_URL'))).toMatchObject({ object: 'file', uri: 'files/digits.npz' });
    expect(JSON.parse(outputOf('"$TRAINYARD_URL/v1/jobs" | id'))).toMatchObject({ object: 'job', name: 'digits' });
    expect(outputOf('text/event-stream')).toMatch(/event: metrics\n.*event: status\ndata: .*"succeeded"/s);
    const { history } = JSON.parse(outputOf('text/event-stream').trim().split('\n').at(-1)!) as { history: { val_acc: number[] } };
    expect(history.val_acc.at(-1)).toBeGreaterThan(0.95);
    expect(JSON.parse(outputOf('outputs: "classes"'))).toMatchObject({ predictions: [expect.any(Number)], checkpoint: expect.stringMatching(/^ckpt_/) as string });

    expect((await readFile(path.join(folder, 'digits.h5'))).subarray(1, 4).toString()).toBe('HDF');
    expect((await readFile(path.join(folder, 'tensorboard.tar'))).toString('latin1')).toMatch(/events\.out\.tfevents/);
  });

  it('names commands, files and addresses that exist', async () => {
    const { scripts } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    for (const [, name] of readme.matchAll(/`?npm (?:run )?(quickstart|test|start|\w+)\b(?= ?[`\n])/g)) expect(scripts, name).toHaveProperty(name!);
    for (const [, link] of readme.matchAll(/\]\(([^)]+)\)/g)) await expect(readFile(path.join(root, link!)), link).resolves.toBeDefined();
    const help = (await bash('npx trainyard --help')).stdout;
    const listed = /lists the other commands: (.*)\./.exec(readme)?.[1] ?? '';
    for (const [, name] of listed.matchAll(/`(\w+)`/g)) expect(help, name).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    for (const page of ['/docs', '/guide', '/openapi.json']) {
      expect(readme).toContain(`\`${page}\``);
      expect((await fetch(`${up.url}${page}`)).status, page).toBe(200);
    }
    const { openapi } = (await (await fetch(`${up.url}/openapi.json`)).json()) as { openapi: string };
    expect(openapi).toMatch(/^3\.1/);
  });
});
