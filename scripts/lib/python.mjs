import { capture } from './commands.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * The first Python 3 on PATH whose pip works: `{ command, version: [3, 11], pip: '23.2' }`.
 * One sentence says what is missing otherwise.
 */
export async function findPython(env = process.env) {
  const command = env.TRAINYARD_PYTHON || 'python3';
  const probe = await capture(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { env });
  if (probe.code !== 0) {
    throw new SetupError(
      `Trainyard fetches libtensorflow with pip and found no ${command} on PATH: install Python 3 (Debian, Ubuntu: apt-get install python3 python3-pip).`,
    );
  }
  const pip = await capture(command, ['-m', 'pip', '--version'], { env });
  if (pip.code !== 0) {
    throw new SetupError(
      `Trainyard fetches libtensorflow with pip and ${command} has none: install it (Debian, Ubuntu: apt-get install python3-pip; elsewhere: ${command} -m ensurepip).`,
    );
  }
  return { command, version: probe.output.trim().split('.').map(Number), pip: pip.output.split(' ')[1] };
}
