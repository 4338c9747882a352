import { Select } from '@mantine/core';
import type { AlertRule, RulePreview } from '@nightjar/collector/contract';
import { useState } from 'react';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { PreviewChart } from '../../components/PreviewChart.tsx';
import { Skeleton } from '../../components/States.tsx';
import { groupText } from '../../lib/preview-chart.ts';
import { absoluteRange } from '../../lib/time-range.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { StretchesTable } from './StretchesTable.tsx';
import { TicksTable } from './TicksTable.tsx';

const chartHeight = 200;
/** The ticks that are explained one by one are those of the end of the range. */
const explainedTicksMax = 200;

/** What the rule makes of the data of the range: series, episodes, and why each verdict was what it was. */
export function RulePreviewSection({ rule }: Readonly<{ rule: AlertRule }>) {
  const { query } = useRangeState();
  const { set } = useUrlState();
  const preview = useEndpoint('previewRule', { body: { rule, from: query.from, to: query.to } });
  return (
    <Answered
      result={preview}
      failed="What the rule would have done could not be worked out"
      skeleton={<Skeleton rows={1} height={chartHeight} />}
    >
      {(data) => (
        <div className="section">
          <PreviewChart
            preview={data}
            rule={rule}
            onZoom={(fromMs, toMs) => set(absoluteRange(fromMs, toMs))}
          />
          <p>{data.summary}</p>
          <Reasons rule={rule} preview={data} />
        </div>
      )}
    </Answered>
  );
}

function Reasons({ rule, preview }: Readonly<{ rule: AlertRule; preview: RulePreview }>) {
  const { search, set } = useUrlState();
  const [everyTick, setEveryTick] = useState(false);
  const names = preview.series.map(({ group }) => groupText(group));
  const chosen = names.find((name) => name === search['group']) ?? names[0];
  const series = preview.series.find(({ group }) => groupText(group) === chosen);
  if (series === undefined || chosen === undefined) return null;
  return (
    <section className="section" aria-labelledby="reasons">
      <h2 id="reasons">Why, tick by tick</h2>
      <div className="row">
        <Select
          size="xs"
          w={320}
          maw="100%"
          aria-label="Group"
          data={[...new Set(names)]}
          value={chosen}
          allowDeselect={false}
          searchable={names.length > 8}
          onChange={(name) => set({ group: name === names[0] ? undefined : (name ?? undefined) }, 'replace')}
        />
        <label className="row">
          <input
            type="checkbox"
            checked={everyTick}
            onChange={(event) => setEveryTick(event.currentTarget.checked)}
          />
          every tick
        </label>
      </div>
      {everyTick ? (
        <EveryTick rule={rule} preview={preview} group={series.group} />
      ) : (
        <StretchesTable series={series} />
      )}
    </section>
  );
}

type EveryProps = Readonly<{
  rule: AlertRule;
  preview: RulePreview;
  group: Readonly<Record<string, string>>;
}>;

function EveryTick({ rule, preview, group }: EveryProps) {
  const from = Math.max(preview.from, preview.to - explainedTicksMax * preview.everyMs);
  const explained = useEndpoint('previewRule', {
    body: {
      rule,
      from: String(preview.from),
      to: String(preview.to),
      explain: { group: { ...group }, from, to: preview.to },
    },
  });
  return (
    <Answered result={explained} failed="The ticks could not be read" skeleton={<Skeleton rows={6} />}>
      {(data) => <TicksTable ticks={data.explained} unit={data.unit} />}
    </Answered>
  );
}
