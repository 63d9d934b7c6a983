import type { Case } from '../cases.js';
import type { JsonProcess } from '../contenders/json-process.js';
import type { Building } from '../trainyard/building.js';
import { median } from './statistics.js';

/** Builds a case's model in a fresh process: what runs a second time in one is faster. */
export async function buildOnce(start: () => JsonProcess, case_: Case): Promise<Building> {
  const builder = start();
  try {
    return await builder.ask<Building>({ op: 'build', case: case_ });
  } finally {
    await builder.close();
  }
}

/** The same in so many fresh processes, one after the other: the medians. */
export async function buildInTurns(start: () => JsonProcess, case_: Case, times: number): Promise<Building> {
  const all: Building[] = [];
  while (all.length < times) all.push(await buildOnce(start, case_));
  return mediansOf(all);
}

export function mediansOf(all: readonly Building[]): Building {
  const of = (pick: (building: Building) => number): number => Math.round(median(all.map(pick)) * 1000) / 1000;
  return {
    build_ms: of(({ build_ms }) => build_ms),
    initialize_ms: of(({ initialize_ms }) => initialize_ms),
    trace_ms: of(({ trace_ms }) => trace_ms),
    first_run_ms: of(({ first_run_ms }) => first_run_ms),
    warm_run_ms: of(({ warm_run_ms }) => warm_run_ms),
    again_trace_ms: of(({ again_trace_ms }) => again_trace_ms),
    again_first_run_ms: of(({ again_first_run_ms }) => again_first_run_ms),
    nodes: of(({ nodes }) => nodes),
  };
}
