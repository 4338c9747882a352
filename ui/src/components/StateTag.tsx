import type { Alert, VerdictKind } from '@nightjar/collector/contract';
import type { Tone } from './Tag.tsx';
import { Tag } from './Tag.tsx';

const stateTones: Readonly<Record<Alert['state'], Tone>> = {
  firing: 'critical',
  recovering: 'info',
  pending: 'warning',
  inactive: 'muted',
};

export function StateTag({ state }: Readonly<{ state: Alert['state'] }>) {
  return <Tag tone={stateTones[state]}>{state}</Tag>;
}

const verdictTones: Readonly<Record<VerdictKind, Tone>> = {
  breach: 'critical',
  deadband: 'warning',
  ok: 'ok',
  insufficient: 'muted',
  nodata: 'muted',
  unknown: 'info',
  error: 'warning',
};
const verdictWords: Readonly<Record<VerdictKind, string>> = {
  breach: 'breach',
  deadband: 'between',
  ok: 'ok',
  insufficient: 'too few',
  nodata: 'no data',
  unknown: 'not known yet',
  error: 'error',
};
const verdictHints: Readonly<Record<VerdictKind, string>> = {
  breach: 'The value is beyond the threshold.',
  deadband: 'The value is back over the threshold, but not yet at the recovery threshold.',
  ok: 'The value is good.',
  insufficient: 'Too few requests to judge by.',
  nodata: 'There was nothing to measure.',
  unknown: 'Data of this window may still be on its way to the tables.',
  error: 'The query failed; the state stays as it was.',
};

export function VerdictTag({ verdict }: Readonly<{ verdict: VerdictKind }>) {
  return (
    <Tag tone={verdictTones[verdict]} title={verdictHints[verdict]}>
      {verdictWords[verdict]}
    </Tag>
  );
}
