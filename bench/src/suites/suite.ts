import type { PeerPackages } from '../contenders/peers.js';
import type { StartService } from '../jobs/service.js';
import type { Machine } from '../measure/machine.js';
import type { Options } from '../options.js';

/** What the scripts give the benchmark: it installs and starts nothing by itself. */
export interface Tools {
  /** Installs the peers' packages where they are missing. */
  readonly ensurePeers: (env: NodeJS.ProcessEnv) => Promise<PeerPackages>;
  /** Likewise of the servers of models. */
  readonly ensureServingPeers: (env: NodeJS.ProcessEnv) => Promise<PeerPackages>;
  readonly startService: StartService;
}

export interface SuiteContext {
  readonly options: Options;
  readonly env: NodeJS.ProcessEnv;
  readonly tools: Tools;
  readonly machine: Machine;
  /** Tells people how far it has come. */
  readonly say: (text: string) => void;
  /** Stores the figures so far: a long run that is interrupted has not measured for nothing. */
  readonly keep: (figures: unknown) => Promise<void>;
}

/** A part of the benchmark that runs by itself. */
export interface Suite {
  /** Of its figures in the JSON file. */
  readonly key: string;
  readonly run: (context: SuiteContext) => Promise<SuiteResult>;
}

export interface SuiteResult {
  readonly markdown: string;
  /** Whether something that was to be measured failed. No figure fails a suite. */
  readonly failed: boolean;
}
