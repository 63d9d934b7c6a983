import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { fetchedTensorBoard } from '@trainyard/protocol';
import type { CliEnv } from '../env.js';
import { codeOf, UserError } from '../user-error.js';

/** TensorBoard, and the last setuptools with the module that it loads. */
const requirements = [fetchedTensorBoard.replace('-', '=='), 'setuptools==80.9.0'];

/**
 * TensorBoard for the API's page, in the cache, where the API finds it by itself. Fetched once, with pip, into a folder of its own:
 * Python's venv module may be missing. Answers the folder.
 *
 * @throws UserError with the end of what pip said.
 */
export async function ensureTensorBoard({ cache, python }: Pick<CliEnv, 'cache' | 'python'>, print: (line: string) => void): Promise<string> {
  const folder = path.join(cache, fetchedTensorBoard);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(`${folder}.new-`);
  print(`Fetching ${requirements[0]} with pip ...`);
  try {
    const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-warn-script-location', '--only-binary', ':all:', '--target', temporary, ...requirements];
    await promisify(execFile)(python, args).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') throw new UserError(`--tensorboard needs Python 3 with pip, and there is no ${python} on PATH: install it, or name one with TRAINYARD_PYTHON.`);
      throw new UserError(`pip could not install ${requirements.join(' ')}: ${(error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(error)}`);
    });
    await rename(temporary, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error; // else another one was first
    });
    return folder;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const exists = (file: string): Promise<boolean> => access(file).then(() => true, () => false);
