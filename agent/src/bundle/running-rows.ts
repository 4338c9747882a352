import { createNoopMeter } from '@opentelemetry/api';
import type { TracerProvider } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { INSTRUMENTATIONS } from '../instrumentations/load.ts';
import type { LoadedInstrumentations } from '../instrumentations/load.ts';
import type { InstrumentationPorts } from '../instrumentations/row.ts';

export interface RowPorts {
  readonly loaded: LoadedInstrumentations;
  readonly ports: InstrumentationPorts;
  readonly providers: Providers;
  readonly disabled: ReadonlySet<string>;
  readonly warn: (sentence: string) => void;
}

type LoggerProvider = NonNullable<Parameters<typeof registerInstrumentations>[0]['loggerProvider']>;

interface Providers {
  readonly tracerProvider: TracerProvider;
  readonly loggerProvider: LoggerProvider;
}

export interface RunningRows {
  readonly on: ReadonlyMap<string, Instrumentation>;
  /** Turns on a row that was left out because its package is nowhere on disk. */
  readonly instrumentationOf: (row: string) => Instrumentation | undefined;
}

/** The instrumentations that are on, by name: those of the start, and those that a bundle asks for. */
export function createRunningRows({ loaded, ports, providers, disabled, warn }: RowPorts): RunningRows {
  const on = new Map<string, Instrumentation>();
  const failed = new Set<string>();
  loaded.names.forEach((name, index) => {
    const instrumentation = loaded.instrumentations[index];
    if (instrumentation !== undefined) on.set(name, instrumentation);
  });
  const turnOn = (name: string): Instrumentation | undefined => {
    const row = INSTRUMENTATIONS.find((one) => one.name === name);
    if (row === undefined || failed.has(name)) return undefined;
    if (disabled.has(name) || disabled.has(row.partOf ?? name)) return undefined;
    try {
      const instrumentation = row.create(ports);
      // Spans say what these metrics would: see `giveMeters`.
      registerInstrumentations({
        instrumentations: [instrumentation],
        ...providers,
        meterProvider: NO_METERS,
      });
      on.set(name, instrumentation);
      return instrumentation;
    } catch (error) {
      failed.add(name);
      warn(`instrumentation ${name} could not be loaded and stays off: ${String(error)}`);
      return undefined;
    }
  };
  return { on, instrumentationOf: (row) => on.get(row) ?? turnOn(row) };
}

const NO_METERS = { getMeter: () => createNoopMeter() };
