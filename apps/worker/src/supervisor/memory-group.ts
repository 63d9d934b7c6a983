import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Where Linux shows control groups, and which is ours. */
export interface ControlGroups {
  readonly root: string;
  /** The text of /proc/self/cgroup. */
  readonly own: string;
}

/** The files of the two versions of the memory controller. */
const versions = {
  v1: { limit: 'memory.limit_in_bytes', kills: 'memory.oom_control' },
  v2: { limit: 'memory.max', kills: 'memory.events' },
} as const;

/**
 * A control group for one training process: the kernel ends that process where it asks for more memory than its limit, sooner
 * than anybody could who looks from time to time, and no other.
 */
export class MemoryGroup {
  private constructor(
    private readonly folder: string,
    private readonly version: keyof typeof versions,
  ) {}

  /**
   * Puts a process into a group of its own.
   * @returns undefined where this process may make none: in most containers, and of users who have not been given one.
   */
  static async around(pid: number, limitBytes: number, groups?: ControlGroups): Promise<MemoryGroup | undefined> {
    const { root, own } = groups ?? { root: '/sys/fs/cgroup', own: await readFile('/proc/self/cgroup', 'utf8').catch(() => '') };
    for (const { version, parent } of parentsOf(root, own)) {
      const group = new MemoryGroup(path.join(parent, `trainyard-${pid}`), version);
      if (await group.#enclose(pid, limitBytes)) return group;
    }
    return undefined;
  }

  /** Whether the kernel has ended a process of the group for its memory. */
  async killed(): Promise<boolean> {
    const text = await readFile(path.join(this.folder, versions[this.version].kills), 'utf8').catch(() => '');
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) > 0;
  }

  /** To be called once its process has ended. */
  async remove(): Promise<void> {
    await rmdir(this.folder).catch(() => undefined); // the kernel may still count the process: an empty group costs nothing
  }

  async #enclose(pid: number, limitBytes: number): Promise<boolean> {
    try {
      await mkdir(this.folder);
      await writeFile(path.join(this.folder, versions[this.version].limit), String(limitBytes));
      await writeFile(path.join(this.folder, 'cgroup.procs'), String(pid));
      return true;
    } catch {
      await this.remove();
      return false;
    }
  }
}

/**
 * The groups below which one can be made: in version 1 our own of the memory controller; in version 2, where a group with
 * processes has no groups with limits below it, the one above ours.
 */
function* parentsOf(root: string, own: string): Generator<{ version: 'v1' | 'v2'; parent: string }> {
  for (const line of own.split('\n')) {
    const [, controllers, place] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || place === undefined) continue;
    if (controllers.split(',').includes('memory')) yield { version: 'v1', parent: path.join(root, 'memory', place) };
    else if (controllers === '' && place !== '/') yield { version: 'v2', parent: path.join(root, path.dirname(place)) };
  }
}
