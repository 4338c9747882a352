import { AppLink } from '../../components/AppLink.tsx';
import { CallSite } from '../../components/CallSite.tsx';
import { Num } from '../../components/Num.tsx';
import { Prose } from '../../components/Prose.tsx';
import { SqlBlock } from '../../components/Sql.tsx';
import { Tag } from '../../components/Tag.tsx';
import { kindWord, savingText } from '../../lib/finding-words.ts';
import { paths } from '../../lib/paths.ts';
import { useUrlState } from '../../lib/url-state.ts';
import type { Group } from './layout/fold.ts';
import { Pairs } from './Pairs.tsx';

/** What was found in these calls, or why they are no fault. */
export function GroupDetail({ group }: Readonly<{ group: Group }>) {
  const { search } = useUrlState();
  const { finding, statement, count, totalMs, startMs, endMs, reason, isCompanion } = group;
  return (
    <>
      <div className="row">
        {finding === undefined ? (
          <Tag tone="muted">no fault</Tag>
        ) : (
          <Tag tone="warning">{kindWord(finding.kind)}</Tag>
        )}
        {finding !== undefined && (
          <span>{isCompanion ? 'in the same loop: one change mends both' : savingText(finding)}</span>
        )}
      </div>
      <SqlBlock text={statement} />
      <Pairs
        label="Figures"
        pairs={[
          ['Calls', <Num key="count" kind="count" value={count} />],
          ['Time in them', <Num key="total" kind="duration" value={totalMs} />],
          ['From first to last', <Num key="span" kind="duration" value={endMs - startMs} />],
          ...(finding === undefined
            ? []
            : [['Call site', <CallSite key="site" site={finding.callSite} />] as const]),
        ]}
      />
      {finding !== undefined && finding.hint !== '' && (
        <section className="section">
          <h2>What to do</h2>
          <Prose text={finding.hint} />
        </section>
      )}
      {reason !== '' && (
        <section className="section">
          <h2>{finding === undefined ? 'Why it is no fault' : 'Why we think so'}</h2>
          <Prose text={reason} />
        </section>
      )}
      {finding !== undefined && (
        <AppLink href={paths.finding(search, finding.id)}>The finding over all requests</AppLink>
      )}
    </>
  );
}
