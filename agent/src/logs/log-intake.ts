import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import { LOG_LIMITS, redactFields, redactText, redactValue } from './redact-log.ts';

type LogRecord = Parameters<LogRecordProcessor['onEmit']>[0];

/** Redacts each record as it comes, while the SDK still lets it be changed. Never throws into the app's logger. */
export function logIntake(add: (record: LogRecord) => void, onFault: () => void): LogRecordProcessor {
  return {
    onEmit: (record) => {
      try {
        redactRecord(record);
        add(record);
      } catch {
        onFault();
      }
    },
    enabled: () => true,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

function redactRecord(record: LogRecord): void {
  const { body, attributes } = record;
  record.body =
    typeof body === 'string' ? redactText(body, LOG_LIMITS.bodyCharactersMax) : redactValue(body, LOG_LIMITS);
  const fieldsMax = LOG_LIMITS.attributesMax;
  const redacted = redactFields(attributes, { limits: LOG_LIMITS, depth: 0, fieldsMax });
  // The SDK's own setter would refuse to take a name away.
  for (const name of Object.keys(attributes)) Reflect.deleteProperty(attributes, name);
  Object.assign(attributes, redacted);
}
