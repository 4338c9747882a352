import type { Trace } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Num } from '../../components/Num.tsx';
import { ServiceName } from '../../components/ServiceName.tsx';
import { Tag } from '../../components/Tag.tsx';
import { kindWord } from '../../lib/finding-words.ts';
import { absoluteTime } from '../../lib/moment.ts';
import { paths } from '../../lib/paths.ts';
import { quantityText } from '../../lib/quantity.ts';
import { useUrlState } from '../../lib/url-state.ts';
import type { FoldedTree } from './layout/fold.ts';
import styles from './TraceHead.module.css';

/** The trace in one line: what ran, where, how long, how many queries, and what was found. */
export function TraceHead({ trace, folded }: Readonly<{ trace: Trace; folded: FoldedTree }>) {
  const { search } = useUrlState();
  const { tree } = folded;
  const root = (tree.roots.find(({ isOrphan }) => !isOrphan) ?? tree.roots[0])?.span;
  const queries = trace.requests.reduce((sum, { queryCount }) => sum + queryCount, 0);
  const databaseMs = trace.requests.reduce((sum, request) => sum + request.databaseMs, 0);
  const errors = trace.spans.filter(({ status }) => status.code === 'error').length;
  return (
    <div className={styles['head']}>
      <div className="page-head">
        <h1>{root === undefined ? 'Trace' : root.operation === '' ? root.name : root.operation}</h1>
        {root !== undefined && (
          <AppLink href={paths.service(search, root.service)}>
            <ServiceName name={root.service} />
          </AppLink>
        )}
        {root !== undefined && root.release !== '' && <span className="muted">release {root.release}</span>}
        <span className={styles['id']}>
          <code className="muted">{trace.traceId}</code>
          <CopyButton text={trace.traceId} what="trace id" />
          <CopyButton text={window.location.href} what="link to this view" />
        </span>
      </div>
      <div className={styles['facts']}>
        <Fact label="Duration">
          <Num kind="duration" value={tree.durationMs} />
        </Fact>
        <Fact label="Started">
          <span className="num">{absoluteTime(tree.startMs, 'ms')}</span>
        </Fact>
        <Fact label="Spans">
          <Num kind="count" value={trace.spanCount} />
        </Fact>
        {trace.requests.length > 0 && (
          <Fact label="Queries">
            <span className="num">
              {queries} <span className="muted">({quantityText('duration', databaseMs)})</span>
            </span>
          </Fact>
        )}
        {errors > 0 && (
          <Fact label="Errors">
            <Tag tone="critical">{errors}</Tag>
          </Fact>
        )}
        {trace.findings.map((finding) => (
          <AppLink key={finding.id + finding.anchorSpanId} href={paths.finding(search, finding.id)}>
            <Tag tone="warning" title={finding.statement}>
              {kindWord(finding.kind)}
              {finding.count > 1 && ` × ${finding.count}`}
              {finding.savedMs > 0 && `  −${quantityText('duration', finding.savedMs)}`}
            </Tag>
          </AppLink>
        ))}
      </div>
    </div>
  );
}

function Fact({ label, children }: Readonly<{ label: string; children: React.ReactNode }>) {
  return (
    <span className={styles['fact']}>
      <span className="muted">{label}</span> {children}
    </span>
  );
}
