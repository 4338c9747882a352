import { isSpanContextValid, trace } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { loadPackage } from './load-package.ts';

/**
 * Bunyan 1 and 2: OpenTelemetry's instrumentation refuses version 2, and of ES modules misses `import { createLogger }`. The
 * method that writes every record is wrapped instead, so it does not matter how a logger was made. The trace ids are put
 * in the record; the stream that turns records into OTLP logs is theirs.
 */
export class BunyanLines extends InstrumentationBase {
  constructor() {
    super('@nightjar/bunyan', '0.1.0', { enabled: false });
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('bunyan', ['>=1.0.0 <3'], (exports: BunyanExports) => {
      const prototype = (exports.default ?? exports).prototype;
      const original = prototype?._emit;
      if (prototype === undefined || original === undefined || PATCHED in original) return exports;
      const { OpenTelemetryBunyanStream } = loadPackage('@opentelemetry/instrumentation-bunyan');
      const stream: { write(record: BunyanRecord): void } = new OpenTelemetryBunyanStream();
      const emit: Emit = function (this: unknown, record, ...rest) {
        const ids = trace.getActiveSpan()?.spanContext();
        if (ids !== undefined && isSpanContextValid(ids)) {
          record['trace_id'] = ids.traceId;
          record['span_id'] = ids.spanId;
          record['trace_flags'] = `0${ids.traceFlags.toString(16)}`;
        }
        const written = original.call(this, record, ...rest);
        try {
          // Without anybody to write to, bunyan makes records for DTrace alone.
          if (rest[0] !== true) stream.write(record);
        } catch {
          // The app's line is written; ours is not worth an error in it.
        }
        return written;
      };
      prototype._emit = Object.assign(emit, { [PATCHED]: true });
      return exports;
    });
  }
}

const PATCHED = Symbol('nightjar.patched');

type BunyanRecord = Record<string, unknown>;
type Emit = (this: unknown, record: BunyanRecord, ...rest: unknown[]) => unknown;

interface BunyanLogger {
  readonly prototype?: { _emit?: Emit };
}

interface BunyanExports extends BunyanLogger {
  readonly default?: BunyanLogger;
}
