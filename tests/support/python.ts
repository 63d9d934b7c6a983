import { execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A real Python with the packages of a test's own, for tests that compare with what Python's users run. */
export interface PythonEnvironment {
  /** Where the packages are. */
  readonly folder: string;
  /**
   * Runs a program.
   * @param code the program; it prints its answer as JSON on its last line.
   * @param args its `sys.argv[1:]`.
   * @throws Error with the end of what it said, where it fails.
   */
  run(code: string, args?: readonly string[]): Promise<unknown>;
}

/** tf-keras and Keras 3 on one TensorFlow: one environment for all tests that have them read our files. */
export const KERAS_PEERS = ['tensorflow-cpu==2.21.0', 'tf-keras==2.21.0', 'keras==3.15.1', 'h5py==3.14.0', 'PyYAML==6.0.3'] as const;

/** Versions of Python for which TensorFlow 2.21 has wheels. */
const MINORS = [10, 11, 12, 13];
const cache = process.env['TRAINYARD_CACHE'] ?? join(homedir(), '.cache', 'trainyard');
const python = process.env['TRAINYARD_PYTHON'] ?? 'python3';
const execute = promisify(execFile);

/**
 * An environment with `requirements` installed by pip, kept in the cache under a hash of them.
 * `pip install --target`, since Python's venv module may be missing.
 *
 * @returns the environment, or why there is none on this machine.
 */
export async function pythonEnvironment(requirements: readonly string[]): Promise<PythonEnvironment | { skipped: string }> {
  const version = await pythonVersion();
  if (typeof version !== 'string') return version;
  const hash = createHash('sha256')
    .update([version, ...requirements].join('\n'))
    .digest('hex');
  const folder = join(cache, 'python', hash.slice(0, 16));
  if (!(await exists(folder))) {
    const failure = await install(requirements, folder);
    if (failure !== undefined) return { skipped: `pip could not install ${requirements.join(' ')}: ${failure}` };
  }
  return { folder, run: (code, args = []) => run(folder, code, args) };
}

async function pythonVersion(): Promise<string | { skipped: string }> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { skipped: `Python's peers are compared with on Linux x86_64, this is ${process.platform} ${process.arch}` };
  try {
    const { stdout } = await execute(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
    const version = stdout.trim();
    const [major, minor] = version.split('.').map(Number);
    if (major === 3 && MINORS.includes(minor ?? 0)) return version;
    return { skipped: `expected Python 3.${MINORS[0]} to 3.${MINORS.at(-1)}, ${python} is ${version}` };
  } catch (error) {
    return { skipped: `${python} does not run: ${lastLine(String(error))}` };
  }
}

/** Installs into a folder beside the target and renames it: a target that is there is whole. @returns what failed. */
async function install(requirements: readonly string[], target: string): Promise<string | undefined> {
  const temporary = `${target}.${randomUUID()}`;
  await mkdir(join(cache, 'python'), { recursive: true });
  try {
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-warn-script-location', '--only-binary', ':all:', '--target', temporary, ...requirements];
    // One at a time: the downloads are large. Who waited finds the work done.
    await execute('flock', [`${target}.lock`, 'sh', '-c', 'target=$1; shift; [ -e "$target" ] || exec "$@"', 'sh', target, python, ...pip]);
    await rename(temporary, target).catch((error: unknown) => {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error; // another test was first
    });
    return (await exists(target)) ? undefined : 'it left nothing behind';
  } catch (error) {
    return lastLine((error as { stderr?: string }).stderr || String(error));
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await rm(`${target}.lock`, { force: true });
  }
}

async function run(folder: string, code: string, args: readonly string[]): Promise<unknown> {
  // On the CPU and quiet, whatever the machine has; -s: no packages of the user's own.
  const env = { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), PYTHONPATH: folder, CUDA_VISIBLE_DEVICES: '-1', TF_CPP_MIN_LOG_LEVEL: '3' };
  const child = spawn(python, ['-s', '-c', code, ...args], { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (exit !== 0) throw new Error(`Python ended with ${exit}: ${stderr.slice(-3000)}`);
  return JSON.parse(lastLine(stdout)) as unknown;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
