import { spawn } from 'node:child_process';
import { SetupError } from './setup-error.mjs';

/**
 * Runs a command to its end and answers `{ code, output }`; its output is collected, not shown. Never rejects:
 * a command that cannot be started answers code 127.
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const collect = (chunk) => {
      output += chunk;
      options.onOutput?.(String(chunk));
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error) => resolve({ code: 127, output: String(error) }));
    child.on('close', (code, signal) => resolve({ code: code ?? 1, output: signal ? `${output}\nended by ${signal}` : output }));
  });
}

/** Like capture, but a failure is a SetupError that says what was tried and shows how the command's output begins and ends. */
export async function mustRun(what, command, args, options = {}) {
  const { code, output } = await capture(command, args, options);
  if (code !== 0) {
    throw new SetupError(`${what} failed (exit code ${code}): ${command} ${args.join(' ')}\n${ends(output, 30)}`);
  }
  return output;
}

function ends(text, count) {
  const lines = text.trimEnd().split('\n');
  return lines.length <= 2 * count ? lines.join('\n') : [...lines.slice(0, count), '...', ...lines.slice(-count)].join('\n');
}
