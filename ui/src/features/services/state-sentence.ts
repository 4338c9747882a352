import type { ServiceDetail } from '@nightjar/collector/contract';
import { relativeTime } from '../../lib/moment.ts';
import { quantityText } from '../../lib/quantity.ts';

export type Clause = Readonly<{ text: string; tone: 'plain' | 'ok' | 'warning' | 'critical' }>;

/** Fewer requests than this on either side, and a comparison says nothing. */
const requestsMin = 20;
/** A change of less is noise. */
const changeMin = 1.25;
const errorRateMin = 0.01;

/**
 * The state of a service in a few clauses: its p95 beside the stretch before, since which release, where the time goes,
 * and errors or queries where they moved.
 */
export function stateSentence(detail: ServiceDetail, nowMs: number): Clause[] {
  const { current, previous } = detail;
  if (current.requests === 0) return [{ text: 'No requests in this range', tone: 'plain' }];
  const isComparable = current.requests >= requestsMin && previous.requests >= requestsMin;
  const since = sinceRelease(detail, nowMs);
  const clauses: Clause[] = [latency(detail, isComparable, since)];
  const share = databaseShare(detail);
  if (share !== undefined) {
    clauses.push({ text: `${quantityText('share', share)} of the time in the database`, tone: 'plain' });
  }
  const errors = errorClause(detail, isComparable);
  if (errors !== undefined) clauses.push(errors);
  const queries = queryClause(detail, isComparable);
  if (queries !== undefined) clauses.push(queries);
  return clauses;
}

function latency({ current, previous }: ServiceDetail, isComparable: boolean, since: string): Clause {
  const now = `p95 ${quantityText('duration', current.p95Ms)}`;
  const ratio = isComparable ? ratioOf(current.p95Ms, previous.p95Ms) : undefined;
  if (ratio === undefined) return { text: now, tone: 'plain' };
  if (ratio >= changeMin) {
    return { text: `${now}, up ${times(ratio)} ${since}`, tone: ratio >= 2 ? 'critical' : 'warning' };
  }
  if (ratio <= 1 / changeMin) return { text: `${now}, down ${times(1 / ratio)} ${since}`, tone: 'ok' };
  return { text: `${now}, as before`, tone: 'plain' };
}

/** A release seen in the range is the likeliest cause; it is named, not accused. */
function sinceRelease({ releases }: ServiceDetail, nowMs: number): string {
  const last = [...releases].sort((left, right) => right.firstSeenMs - left.firstSeenMs)[0];
  if (last === undefined || last.release === '') return 'on the range before';
  return `with release ${last.release}, first seen ${relativeTime(last.firstSeenMs, nowMs)}`;
}

function databaseShare({ points }: ServiceDetail): number | undefined {
  const counted = points.filter(({ databaseMs, meanMs }) => databaseMs !== null && meanMs !== null);
  const total = counted.reduce((sum, { meanMs, requests }) => sum + (meanMs ?? 0) * requests, 0);
  const database = counted.reduce((sum, { databaseMs, requests }) => sum + (databaseMs ?? 0) * requests, 0);
  return total === 0 ? undefined : database / total;
}

function errorClause({ current, previous }: ServiceDetail, isComparable: boolean): Clause | undefined {
  const now = current.errors / current.requests;
  if (current.errors === 0) return undefined;
  const before = previous.requests === 0 ? 0 : previous.errors / previous.requests;
  const isUp = isComparable && now >= before * changeMin && now - before >= errorRateMin / 2;
  const text = `${quantityText('share', now)} of requests fail${isUp ? `, up from ${quantityText('share', before)}` : ''}`;
  return { text, tone: isUp || now >= errorRateMin ? 'critical' : 'plain' };
}

function queryClause({ current, previous }: ServiceDetail, isComparable: boolean): Clause | undefined {
  const now = current.queriesPerRequest;
  if (now === null) return undefined;
  const text = `${quantityText('plain', now)} queries a request`;
  const ratio = isComparable ? ratioOf(now, previous.queriesPerRequest) : undefined;
  if (ratio === undefined || ratio < changeMin) return { text, tone: 'plain' };
  return { text: `${text}, up from ${quantityText('plain', previous.queriesPerRequest)}`, tone: 'warning' };
}

function ratioOf(now: number | null, before: number | null): number | undefined {
  return now === null || before === null || before <= 0 || now <= 0 ? undefined : now / before;
}

function times(ratio: number): string {
  return `${ratio >= 10 ? Math.round(ratio) : Math.round(ratio * 10) / 10}×`;
}
