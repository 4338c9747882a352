import type { LogRecord } from '@nightjar/collector/contract';
import { useState } from 'react';
import { absoluteTime } from '../lib/moment.ts';
import type { Search } from '../lib/paths.ts';
import { paths } from '../lib/paths.ts';
import { AppLink } from './AppLink.tsx';
import styles from './LogList.module.css';
import { ServiceName } from './ServiceName.tsx';
import type { Tone } from './Tag.tsx';
import { Tag } from './Tag.tsx';

type Props = Readonly<{ logs: readonly LogRecord[]; search: Search; withTrace?: boolean }>;

/** Log records, newest first as they came; each opens into its whole text and attributes. */
export function LogList({ logs, search, withTrace = true }: Props) {
  const [openIndex, setOpenIndex] = useState<number>();
  return (
    <ol className={styles['list']}>
      {logs.map((log, index) => (
        <li key={`${log.timeUnixNano} ${log.spanId} ${index}`} className={styles['item']}>
          <button
            type="button"
            className={styles['line']}
            aria-expanded={openIndex === index}
            onClick={() => setOpenIndex(openIndex === index ? undefined : index)}
          >
            <span className={styles['time']}>{absoluteTime(log.timeMs, 'ms').slice(5)}</span>
            <span className={styles['severity']}>
              <Tag tone={severityTone(log.severityNumber)}>{severityWord(log)}</Tag>
            </span>
            <span className={styles['service']}>
              <ServiceName name={log.service} />
            </span>
            <code className={styles['body']}>{log.body}</code>
          </button>
          {openIndex === index && <Whole log={log} search={search} withTrace={withTrace} />}
        </li>
      ))}
    </ol>
  );
}

type WholeProps = Readonly<{ log: LogRecord; search: Search; withTrace: boolean }>;

function Whole({ log, search, withTrace }: WholeProps) {
  return (
    <div className={styles['whole']}>
      <pre>{log.body}</pre>
      {withTrace && log.traceId !== '' && (
        <AppLink href={paths.trace(search, log.traceId, { span: log.spanId })}>
          Trace {log.traceId.slice(0, 12)}…
        </AppLink>
      )}
      <dl>
        {Object.entries(log.attributes).map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>
              <code>{String(value)}</code>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** OTLP severity numbers: 1 trace, 5 debug, 9 info, 13 warn, 17 error, 21 fatal. */
function severityTone(severity: number): Tone {
  if (severity >= 17) return 'critical';
  if (severity >= 13) return 'warning';
  return severity >= 9 ? 'info' : 'muted';
}

function severityWord({ severityText, severityNumber }: LogRecord): string {
  if (severityText !== '') return severityText.toLowerCase();
  return severityNumber === 0
    ? 'log'
    : (['trace', 'debug', 'info', 'warn', 'error', 'fatal'][Math.floor((severityNumber - 1) / 4)] ?? 'log');
}
