import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnv } from '../env.js';
import { buildProgram } from '../program.js';
import { completionScript } from './complete.js';

const silent = { isTerminal: false, columns: 80, write: () => undefined };
const program = buildProgram({ env: readEnv({}), out: silent, err: silent, setExitCode: () => undefined, interrupted: () => new AbortController().signal });
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'trainyard-completion-'));
  await writeFile(path.join(folder, 'trainyard'), '#!/bin/sh\n[ "$*" = "ps --ids" ] && echo job_1 && echo job_2\n');
  await chmod(path.join(folder, 'trainyard'), 0o755);
  await writeFile(path.join(folder, 'completion.bash'), completionScript(program, 'bash'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What bash would offer for the last of these words. */
async function completed(...words: string[]): Promise<string[]> {
  const script = `. "$0/completion.bash"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trainyard; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', script, folder, 'trainyard', ...words], { env: { PATH: `${folder}:${process.env['PATH']}` } });
  return stdout.trim().split('\n');
}

test('bash offers commands, their subcommands and options, and the ids of jobs', async () => {
  expect(await completed('do')).toEqual(['doctor', 'download']);
  expect(await completed('data', '')).toEqual(expect.arrayContaining(['upload', 'inspect', 'list', 'delete']));
  expect(await completed('data', 'upload', '--t')).toEqual(['--to']);
  expect(await completed('cancel', '--')).toEqual(['--kill', '--json', '--help']);
  expect(await completed('status', 'job')).toEqual(['job_1', 'job_2']);
  expect(await completed('compare', 'job_1', '')).toEqual(['job_1', 'job_2']);
});

test('every command is known to each shell', async () => {
  const names = program.commands.map((command) => command.name());
  for (const shell of ['bash', 'zsh', 'fish'] as const) for (const name of names) expect(completionScript(program, shell)).toContain(name);
  expect(completionScript(program, 'fish')).toContain("complete -c trainyard -f -n '__fish_seen_subcommand_from data' -a 'upload' -d 'upload files, ");
});
