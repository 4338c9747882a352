import type { AlertRule, EpisodeDetail } from '@nightjar/collector/contract';
import { useState } from 'react';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { PreviewChart } from '../../components/PreviewChart.tsx';
import { Skeleton } from '../../components/States.tsx';
import { ruleOfGroup } from './rule-of-group.ts';

type Props = Readonly<{
  detail: EpisodeDetail;
  window: Readonly<{ fromMs: number; toMs: number }>;
}>;

const chartHeight = 180;

/** The series of the episode's group, by the rule as it is today. */
export function EpisodeChart({ detail, window }: Props) {
  const { ruleUid } = detail.episode;
  const rule = useEndpoint('rule', { params: { uid: ruleUid } });
  return (
    <Answered
      result={rule}
      failed="The rule could not be read"
      skeleton={<Skeleton rows={1} height={chartHeight} />}
    >
      {(found) => <Drawn rule={found.rule} detail={detail} window={window} />}
    </Answered>
  );
}

function Drawn({ rule, detail, window }: Props & Readonly<{ rule: AlertRule }>) {
  // The window of an open episode grows; it is drawn as of when the page was opened.
  const [{ fromMs, toMs }] = useState(window);
  const own = ruleOfGroup(rule, detail.episode.labels);
  const preview = useEndpoint('previewRule', {
    body: { rule: own, from: String(Math.floor(fromMs)), to: String(Math.ceil(toMs)) },
  });
  const markers = detail.timeline
    .filter(({ kind }) => kind === 'release' || kind === 'acknowledged')
    .map(({ at, kind, text }) => ({ atMs: at, label: kind === 'release' ? text : 'acknowledged' }));
  return (
    <Answered
      result={preview}
      failed="The series could not be read"
      skeleton={<Skeleton rows={1} height={chartHeight} />}
    >
      {(data) => <PreviewChart preview={data} rule={own} markers={markers} />}
    </Answered>
  );
}
