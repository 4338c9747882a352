import type { StandingAlert } from '@nightjar/collector/contract';
import { AppLink } from '../../components/AppLink.tsx';
import { Tag } from '../../components/Tag.tsx';
import { absoluteTime, clockTime } from '../../lib/moment.ts';
import type { Search } from '../../lib/paths.ts';
import { paths } from '../../lib/paths.ts';

type Props = Readonly<{ alert: StandingAlert; search: Search }>;

/** What people did about an alert: acknowledged, snoozed, silenced. */
export function Holds({ alert, search }: Props) {
  const { acknowledged, snoozed, silencedBy } = alert;
  return (
    <>
      {acknowledged !== null && (
        <Tag
          tone="info"
          title={`${acknowledged.by}, ${absoluteTime(acknowledged.at)}${acknowledged.note === '' ? '' : `: ${acknowledged.note}`}`}
        >
          ack {acknowledged.by}
        </Tag>
      )}
      {snoozed !== null && (
        <Tag tone="muted" title={`by ${snoozed.by}, until ${absoluteTime(snoozed.until)}`}>
          snoozed until {clockTime(snoozed.until, 'minute')}
        </Tag>
      )}
      {silencedBy.length > 0 && (
        <AppLink href={paths.silences(search)} title="A silence holds the messages back">
          <Tag tone="muted">silenced</Tag>
        </AppLink>
      )}
    </>
  );
}
