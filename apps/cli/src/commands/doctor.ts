import type { Check, Finding } from '../doctor/check.js';
import * as machine from '../doctor/machine.js';
import * as parts from '../doctor/parts.js';
import type { CliEnv } from '../env.js';
import { toJson, type Output } from '../terminal/output.js';

const marks = { ok: '✓', warning: '!', failed: '✗' } as const satisfies Record<Finding['state'], string>;

/** `trainyard doctor`: looks at all that Trainyard stands on, and says what to do. Answers the exit code: 1 when something fails. */
export async function doctor(env: CliEnv, { json }: { json?: boolean }, out: Output): Promise<number> {
  const findings: Finding[] = [];
  for (const check of checksOf(env)) {
    const finding = await check();
    findings.push(finding);
    if (json !== true) out.write(linesOf(finding));
  }
  if (json === true) out.write(`${toJson(findings)}\n`);
  return findings.some(({ state }) => state === 'failed') ? 1 : 0;
}

/** One after the other: each has the machine for itself, and is shown when it is done. */
function checksOf(env: CliEnv): Check[] {
  return [machine.node, machine.libtensorflow(env), parts.postgres(env), parts.redis(env), parts.objectStore(env), machine.disk(env), machine.memory, machine.gpu(env), parts.clock(env), parts.config(env), parts.server(env)];
}

const linesOf = ({ name, state, detail, remedy }: Finding): string => `${marks[state]} ${name.padEnd(13)} ${detail}\n${remedy === undefined ? '' : `${' '.repeat(16)}${remedy}\n`}`;
