/** What is set of TensorBoard's page. */
export interface TensorBoardSettings {
  /** The program: an executable, a folder that `pip install --target` made, or `off`; unset: PATH's, else the one in `fetched`. */
  readonly program: string | undefined;
  /** Where `trainyard up --tensorboard` puts it. */
  readonly fetched: string;
  readonly path: string;
  readonly python: string;
  /** Processes at a time. */
  readonly maxRunning: number;
  /** Of the event files that one process shows. */
  readonly maxBytes: number;
  /** Without a request for so long, a process ends. */
  readonly idleMs: number;
}
