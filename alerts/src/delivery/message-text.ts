// Promise: pure. The whole of a message as plain lines, from its parts.
import type { Evidence, Notification } from '../../schema/index.ts';
import { shareText, timeText } from './wording.ts';

export type MessageParts = Omit<Notification, 'text'>;

const statementShownMax = 200;

/** What happened comes first, then why it may have, then where to look. */
export function textOf(parts: MessageParts): string {
  const { annotations, facts, evidence, notes, url, runbook } = parts;
  const about = [annotations['summary'], annotations['description']].filter(
    (it): it is string => it !== undefined && it !== '',
  );
  return [
    ...about,
    ...facts.map(({ name, value }) => `${name}: ${value}`),
    ...(evidence === null ? [] : evidenceLines(evidence)),
    ...notes,
    `Dashboard: ${url}`,
    ...(runbook === null ? [] : [`Runbook: ${runbook}`]),
  ].join('\n');
}

export function withText(parts: MessageParts): Notification {
  return { ...parts, text: textOf(parts) };
}

export function evidenceLines(evidence: Evidence): string[] {
  const { requests, traces, difference, release, findings, statements } = evidence;
  const lines: string[] = [];
  if (requests !== null && requests.bad !== null) {
    const share = requests.total === 0 ? '' : ` (${shareText(Math.min(1, requests.bad / requests.total))})`;
    lines.push(`Bad requests: ${count(requests.bad)} of ${count(requests.total)}${share}`);
  }
  for (const [index, it] of traces.entries()) {
    const queries = it.queries === null ? '' : `, ${count(it.queries)} queries`;
    const what = `${it.operation} ${count(Math.round(it.durationMs))} ms${queries}${it.isError ? ', failed' : ''}`;
    lines.push(`${index === 0 ? 'Worst traces' : 'and'}: ${what}: ${it.url}`);
  }
  if (difference !== null)
    lines.push(
      `Differs most: ${difference.attribute} = ${difference.value} in ${shareText(difference.badShare)} of the bad ` +
        `requests, ${shareText(difference.otherShare)} of the others`,
    );
  if (release !== null)
    lines.push(
      `Last release: ${release.service} ${release.version}, first seen ${timeText(release.firstSeenMs)}`,
    );
  for (const { title, callSite, url } of findings)
    lines.push(`New finding: ${title}${callSite === null ? '' : ` at ${callSite}`}: ${url}`);
  for (const { text, calls } of statements)
    lines.push(`New statement (${count(calls)} calls): ${oneLine(text)}`);
  return lines;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= statementShownMax ? line : `${line.slice(0, statementShownMax - 1)}…`;
}
