import type { Health } from '@nightjar/collector/contract';
import { Command } from '../../components/States.tsx';
import styles from './Start.module.css';

export function FirstRunPage({ health }: Readonly<{ health: Health }>) {
  const { otlp, instrumentCommand } = health;
  // From a checkout the command names the agent by its path; there is nothing to install then.
  const isInstallNeeded = instrumentCommand.includes(' @nightjar/agent/');
  return (
    <main className={styles['page']}>
      <div className={styles['head']}>
        <img src="/mark.svg" alt="" width={40} height={40} />
        <div>
          <h1>Waiting for the first span</h1>
          <p className="muted" role="status">
            <span className={styles['pulse']} aria-hidden /> This page becomes the dashboard when one arrives.
          </p>
        </div>
      </div>
      <section className="section">
        <h2>A Node app</h2>
        <p>
          {isInstallNeeded && 'Install the agent in your app. '}Start the app with the agent; no line of code
          changes.
        </p>
        {isInstallNeeded && <Command text="npm install @nightjar/agent" />}
        <Command text={instrumentCommand} />
      </section>
      <section className="section">
        <h2>Any OpenTelemetry SDK</h2>
        <p>Django, Rails, Java, Go and the rest: point the exporter here.</p>
        <Command
          text={`OTEL_EXPORTER_OTLP_ENDPOINT=${otlp.http} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`}
        />
        <dl className={styles['facts']}>
          <dt>OTLP over HTTP</dt>
          <dd>
            <code>{otlp.http}</code>
          </dd>
          <dt>OTLP over gRPC</dt>
          <dd>
            <code>{otlp.grpc}</code>
          </dd>
          <dt>Ingest key</dt>
          <dd>
            {otlp.isKeyRequired ? (
              <>
                needed:{' '}
                <code>OTEL_EXPORTER_OTLP_HEADERS=&quot;authorization=Bearer &lt;your key&gt;&quot;</code>
              </>
            ) : (
              'none needed on this machine'
            )}
          </dd>
        </dl>
      </section>
      <section className="section">
        <h2>Only looking</h2>
        <p>The demo shop sends traffic with N+1s, errors and a slow queue.</p>
        <Command text="npm run demo" />
      </section>
      <p className="muted">
        Nightjar {health.version}, {health.engine} ClickHouse, data kept for {health.retentionDays} days
      </p>
    </main>
  );
}
