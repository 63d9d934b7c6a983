import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TensorBoardSettings } from './settings.js';

/** How TensorBoard is started on this machine. */
export interface TensorBoardProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Has the kernel end TensorBoard with us, however we end; then becomes the program that it is given. */
const endWithParent = `
import ctypes, os, signal, sys
if sys.platform == 'linux':
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
os.execvp(sys.argv[1], sys.argv[1:])
`;

/** Undefined where there is none, or none is wanted. */
export async function findTensorBoard({ program, fetched, path: searchPath, python }: TensorBoardSettings): Promise<TensorBoardProgram | undefined> {
  if (program === 'off') return undefined;
  const onPath = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder)).map((folder) => path.join(folder, 'tensorboard'));
  for (const candidate of program === undefined ? [...onPath, fetched] : [program]) {
    const folder = await stat(path.join(candidate, 'tensorboard', 'main.py')).catch(() => undefined);
    const started = folder ? [python, '-s', '-m', 'tensorboard.main'] : (await isExecutable(candidate)) ? [candidate] : undefined;
    if (started) return { command: python, args: ['-s', '-c', endWithParent, ...started], env: { PATH: searchPath, ...(folder && { PYTHONPATH: candidate }) } };
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return false;
  return access(file, constants.X_OK).then(() => true, () => false);
}
