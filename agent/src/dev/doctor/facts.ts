/** What a process under the doctor tells of itself, as JSON in a file. */
export interface ProcessFacts {
  readonly pid: number;
  readonly mainFile: string | undefined;
  readonly isListening: boolean;
  /** The app starts the agent itself, in its code or on its command line. */
  readonly isStartedByApp: boolean;
  readonly libraries: readonly LibraryFacts[];
  /** Packages of the table that were loaded, and how. */
  readonly loaded: Readonly<Record<string, ModuleForm>>;
  /** Those of them that were there before the agent. */
  readonly loadedBefore: readonly string[];
  /** Those that were there before the app called `start`: without the doctor the agent would have come too late for them. */
  readonly loadedBeforeStart: readonly string[];
}

export type ModuleForm = 'commonjs' | 'module';

export interface LibraryFacts {
  readonly name: string;
  /** Empty: part of Node. */
  readonly packages: readonly string[];
  readonly isInstalled: boolean;
  readonly isDisabled: boolean;
  /** Its instrumentation was loaded. */
  readonly isOn: boolean;
  /** Empty: it listens to diagnostics channels. */
  readonly hooks: readonly HookFacts[];
}

export interface HookFacts {
  readonly module: string;
  readonly supported: readonly string[];
  readonly version: string | undefined;
  readonly isTaken: boolean;
}
