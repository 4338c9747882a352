import type { Span, Trace } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Num } from '../../components/Num.tsx';
import { ServiceName } from '../../components/ServiceName.tsx';
import { SqlBlock } from '../../components/Sql.tsx';
import { Tag } from '../../components/Tag.tsx';
import { kindWord, savingText } from '../../lib/finding-words.ts';
import { absoluteTime } from '../../lib/moment.ts';
import { paths } from '../../lib/paths.ts';
import { quantityText } from '../../lib/quantity.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { Attributes } from './Attributes.tsx';
import type { NamedFinding } from './finding-events.ts';
import { splitEvents } from './finding-events.ts';
import type { SpanNode } from './layout/tree.ts';
import { selfTimeMs } from './layout/tree.ts';
import { Pairs } from './Pairs.tsx';
import { callSiteOf, eventOffsetMs, statementOf } from './span-facts.ts';
import styles from './Waterfall.module.css';

type Props = Readonly<{ node: SpanNode; trace: Trace; traceMs: number; traceStartMs: number }>;

export function SpanDetail({ node, trace, traceMs, traceStartMs }: Props) {
  const { span } = node;
  const statement = statementOf(span.attributes);
  const lengthMs = node.endMs - node.startMs;
  const site = callSiteOf(span.attributes);
  const { search } = useUrlState();
  const { findings, others } = splitEvents(span.events);
  return (
    <>
      <div className="row">
        <AppLink href={paths.service(search, span.service)}>
          <ServiceName name={span.service} />
        </AppLink>
        {span.status.code === 'error' && (
          <Tag tone="critical">failed{span.status.message === '' ? '' : `: ${span.status.message}`}</Tag>
        )}
      </div>
      {statement !== undefined && <SqlBlock text={statement.text} system={statement.system} />}
      <Pairs
        label="Span"
        pairs={[
          [
            'Duration',
            `${quantityText('duration', lengthMs)} (${quantityText('share', lengthMs / Math.max(traceMs, 1e-9))})`,
          ],
          ['Its own', <Num key="self" kind="duration" value={selfTimeMs(node)} />],
          ['Starts after', <Num key="start" kind="duration" value={node.startMs} />],
          ['At', absoluteTime(traceStartMs + node.startMs, 'ms')],
          ...(site === undefined ? [] : [['Call site', <code key="site">{site}</code>] as const]),
          ['Kind', span.kind],
          ['Span id', <SpanId key="id" id={span.spanId} />],
        ]}
      />
      <Findings findings={findings} />
      <Events span={span} events={others} />
      <Links span={span} />
      <Section title="Attributes" count={Object.keys(span.attributes).length}>
        <Attributes label="Attributes" attributes={span.attributes} canFilter />
      </Section>
      <Section title="Resource" count={Object.keys(trace.resources[span.resourceId] ?? {}).length}>
        <Attributes label="Resource" attributes={trace.resources[span.resourceId] ?? {}} />
      </Section>
      <p className="muted">
        {span.scope.name} {span.scope.version}
      </p>
    </>
  );
}

function SpanId({ id }: Readonly<{ id: string }>) {
  return (
    <span className="row">
      <code>{id}</code>
      <CopyButton text={id} what="span id" />
    </span>
  );
}

function Section({
  title,
  count,
  children,
}: Readonly<{ title: string; count: number; children: React.ReactNode }>) {
  if (count === 0) return null;
  return (
    <section className="section">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Findings({ findings }: Readonly<{ findings: readonly NamedFinding[] }>) {
  const { search } = useUrlState();
  return (
    <Section title="Findings" count={findings.length}>
      {findings.map((finding) => (
        <div key={finding.id} className="row">
          <AppLink href={paths.finding(search, finding.id)}>
            <Tag tone="warning">
              {kindWord(finding.kind)}
              {finding.count > 1 && ` × ${finding.count}`}
            </Tag>
          </AppLink>
          <span className="muted">{savingText(finding)}</span>
        </div>
      ))}
    </Section>
  );
}

function Events({ span, events }: Readonly<{ span: Span; events: Span['events'] }>) {
  return (
    <Section title="Events" count={events.length}>
      {events.map((event, index) => (
        <div key={`${event.timeUnixNano} ${index}`} className={styles['event']}>
          <span>
            <strong>{event.name}</strong>{' '}
            <span className="muted num">
              after {quantityText('duration', eventOffsetMs(span, event.timeUnixNano))}
            </span>
          </span>
          <Attributes label={`Event ${event.name}`} attributes={event.attributes} />
        </div>
      ))}
    </Section>
  );
}

function Links({ span }: Readonly<{ span: Span }>) {
  const { search } = useUrlState();
  return (
    <Section title="Links" count={span.links.length}>
      {span.links.map(({ traceId, spanId }) => (
        <AppLink key={traceId + spanId} href={paths.trace(search, traceId, { span: spanId })}>
          <code>
            {traceId.slice(0, 12)}… span {spanId}
          </code>
        </AppLink>
      ))}
    </Section>
  );
}
