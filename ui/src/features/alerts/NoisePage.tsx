import type { NoiseRow } from '@nightjar/collector/contract';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { AlertNav } from '../../components/AlertNav.tsx';
import { Answered } from '../../components/Answered.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Num } from '../../components/Num.tsx';
import { Empty, Notice, Skeleton } from '../../components/States.tsx';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';
import { useSort } from '../../lib/use-sort.ts';
import { relativeLabel } from '../../lib/time-range.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';

const week = { from: 'now-7d', to: 'now' };

/** Which rules wake people, and which of those nobody acts on. A week, unless the address says otherwise. */
export function NoisePage() {
  const { search, set } = useUrlState();
  const { range, query } = useRangeState();
  const [sort, onSort] = useSort({ key: 'pages', direction: 'desc' });
  const noise = useEndpoint('noise', { query });
  const isWeek = range.from === week.from && range.to === week.to;
  return (
    <div className="page">
      <h1>Noise</h1>
      <AlertNav />
      <p className="muted">
        {relativeLabel(range) ?? 'The chosen range'}: pages by rule. A rule that nobody acts on is better
        changed than endured.{' '}
        {!isWeek && (
          <a
            href={paths.noise(search)}
            onClick={(event) => {
              event.preventDefault();
              set(week);
            }}
          >
            Show the last 7 days
          </a>
        )}
      </p>
      <Answered result={noise} failed="The report could not be made" skeleton={<Skeleton rows={5} />}>
        {({ rows, isPartial }) =>
          rows.length === 0 ? (
            <Empty>No rule fired in this range.</Empty>
          ) : (
            <>
              {isPartial && (
                <Notice>
                  There were more episodes than can be read at once: a shorter range counts all.
                </Notice>
              )}
              <DataTable
                label="Rules by noise"
                columns={columnsOf(search)}
                rows={rows}
                rowKey={({ ruleUid }) => ruleUid}
                sort={sort}
                onSort={onSort}
              />
            </>
          )
        }
      </Answered>
    </div>
  );
}

function columnsOf(search: Search): readonly Column<NoiseRow>[] {
  const number = (
    key: 'pages' | 'short' | 'neverActedOn',
    header: string,
    hint: string,
  ): Column<NoiseRow> => ({
    key,
    header,
    hint,
    isNumber: true,
    sortBy: (row) => row[key],
    cell: (row) => <span className="num">{row[key]}</span>,
  });
  return [
    {
      key: 'rule',
      header: 'Rule',
      isTitle: true,
      cell: ({ ruleUid, ruleName }) => (
        <AppLink href={paths.rule(search, ruleUid)}>
          <strong>{ruleName}</strong>
        </AppLink>
      ),
    },
    number('pages', 'Pages', 'Stretches of firing that began in this range'),
    {
      key: 'minutes',
      header: 'Time firing',
      isNumber: true,
      sortBy: ({ minutes }) => minutes,
      cell: ({ minutes }) => <Num kind="duration" value={minutes * 60_000} />,
    },
    number('short', 'Under 2 minutes', 'Pages that were over before anybody could look'),
    number(
      'neverActedOn',
      'Never acted on',
      'Nobody acknowledged, snoozed or silenced anything while it fired',
    ),
    {
      key: 'share',
      header: 'Share never acted on',
      isNumber: true,
      sortBy: ({ pages, neverActedOn }) => (pages === 0 ? 0 : neverActedOn / pages),
      cell: ({ pages, neverActedOn }) => (
        <Num kind="share" value={pages === 0 ? null : neverActedOn / pages} />
      ),
    },
  ];
}
