import { subscribe } from 'node:diagnostics_channel';
import type { Instrumentation, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';
import { BUNDLED_MODULE_CHANNEL, isBundledModule } from './bundled-module.ts';
import type { BundledModule } from './bundled-module.ts';

export interface BundlePorts {
  /** The running instrumentation of this row. One that was left out because its package is not installed is turned on now. */
  readonly instrumentationOf: (row: string) => Instrumentation | undefined;
  readonly warn: (sentence: string) => void;
}

/** Lets instrumentations reach what a bundle made with our plugin holds, as its files run. Never throws into the bundle. */
export function watchBundle(ports: BundlePorts): void {
  subscribe(BUNDLED_MODULE_CHANNEL, (message) => {
    if (!isBundledModule(message)) return;
    for (const row of message.rows) {
      try {
        const instrumentation = ports.instrumentationOf(row);
        if (instrumentation !== undefined) patchBundled(instrumentation, message);
      } catch (error) {
        ports.warn(`instrumentation ${row} could not patch the bundled ${message.package}: ${String(error)}`);
      }
    }
  });
}

/** Does what the instrumentation's own hook of `require` would have done; that one would read the version from a disk. */
function patchBundled(instrumentation: Instrumentation, message: BundledModule): void {
  const onRequire: unknown = Reflect.get(instrumentation, '_onRequire');
  const live: unknown = Reflect.get(instrumentation, '_modules');
  if (typeof onRequire !== 'function' || !Array.isArray(live)) return;
  const versioned: unknown = Object.create(instrumentation, {
    _extractPackageVersion: { value: () => message.version },
  });
  for (const definition of live.filter(isDefinition)) {
    for (const name of message.names) {
      if (!isFor(definition, name)) continue;
      message.exports = Reflect.apply(onRequire, versioned, [definition, message.exports, name, IN_BUNDLE]);
    }
  }
}

const IN_BUNDLE = 'bundle';

function isFor({ name, files }: InstrumentationModuleDefinition, wanted: string): boolean {
  return name === wanted || files.some((file) => file.name === wanted);
}

function isDefinition(value: unknown): value is InstrumentationModuleDefinition {
  return typeof value === 'object' && value !== null && 'supportedVersions' in value && 'files' in value;
}
