import type { PreviewEpisode, RulePreview } from '@nightjar/collector/contract';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { Num } from '../../components/Num.tsx';
import { Tag } from '../../components/Tag.tsx';
import { alertValue } from '../../lib/alert-words.ts';
import { absoluteTime } from '../../lib/moment.ts';
import { groupText } from '../../lib/preview-chart.ts';

const shownMax = 10;

/** The latest episodes that a rule would have had. */
export function PreviewEpisodes({ preview }: Readonly<{ preview: RulePreview }>) {
  if (preview.episodes.length === 0) return null;
  const shown = preview.episodes.slice(0, shownMax);
  return (
    <>
      <DataTable
        label="Episodes it would have had"
        columns={columnsOf(preview.unit)}
        rows={shown}
        rowKey={({ firedAt, group, severity }) => `${firedAt} ${severity} ${groupText(group)}`}
      />
      {preview.episodesTotal > shown.length && (
        <p className="muted">
          The latest {shown.length} of {preview.episodesTotal}.
        </p>
      )}
    </>
  );
}

function columnsOf(unit: string): readonly Column<PreviewEpisode>[] {
  return [
    {
      key: 'fired',
      header: 'Fired',
      isTitle: true,
      cell: ({ firedAt }) => <span className="num nowrap">{absoluteTime(firedAt, 'minute')}</span>,
    },
    {
      key: 'group',
      header: 'Group',
      isWide: true,
      cell: ({ group, reason }) => <span title={reason}>{groupText(group)}</span>,
    },
    { key: 'severity', header: 'Severity', cell: ({ severity }) => <Tag tone={severity}>{severity}</Tag> },
    {
      key: 'worst',
      header: 'Worst',
      isNumber: true,
      cell: ({ worst }) => <span className="num">{alertValue(worst, unit)}</span>,
    },
    {
      key: 'length',
      header: 'Lasted',
      isNumber: true,
      cell: ({ firedAt, resolvedAt }) =>
        resolvedAt === null ? 'still fires' : <Num kind="duration" value={resolvedAt - firedAt} />,
    },
  ];
}
