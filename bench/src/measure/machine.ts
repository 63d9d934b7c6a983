import os from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_gib: number;
  readonly kernel: string;
  /** Processes that wanted a core when the benchmark began: above 0 others were at work too. */
  readonly load_average: number;
}

export function describeMachine(): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    kernel: `${os.type()} ${os.release()}`,
    load_average: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
  };
}

/** In a sentence: where and when figures were taken. */
export function machineText({ cpu, cores, memory_gib, kernel, load_average }: Machine, date: string): string {
  return `${date}. ${cpu}, ${cores} cores, ${memory_gib} GiB, ${kernel}, load average ${load_average} at the start.`;
}
