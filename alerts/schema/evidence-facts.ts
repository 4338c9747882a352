import type { Evidence } from './evidence.ts';

/** One line of a message that leads somewhere: what it is called, what it says, where to look. */
export interface LinkedFact {
  readonly name: string;
  readonly value: string;
  readonly url: string | null;
}

const statementShownMax = 200;

/** Evidence as lines, the most telling first. */
export function evidenceFacts(evidence: Evidence): LinkedFact[] {
  const { requests, traces, difference, release, findings, statements } = evidence;
  const facts: LinkedFact[] = [];
  const say = (name: string, value: string, url: string | null = null) => facts.push({ name, value, url });
  if (requests !== null && requests.bad !== null) {
    const share = requests.total === 0 ? '' : ` (${percent(Math.min(1, requests.bad / requests.total))})`;
    say('Bad requests', `${count(requests.bad)} of ${count(requests.total)}${share}`);
  }
  traces.forEach((trace, index) => {
    const queries = trace.queries === null ? '' : `, ${count(trace.queries)} queries`;
    const failed = trace.isError ? ', failed' : '';
    const what = `${oneLine(trace.operation)} ${count(Math.round(trace.durationMs))} ms${queries}${failed}`;
    say(index === 0 ? 'Worst trace' : 'Next worst', what, trace.url);
  });
  if (difference !== null)
    say(
      'Differs most',
      `${difference.attribute} = ${oneLine(difference.value)} in ${percent(difference.badShare)} of the bad requests, ` +
        `${percent(difference.otherShare)} of the others`,
    );
  if (release !== null)
    say('Last release', `${release.service} ${release.version}, first seen ${minute(release.firstSeenMs)}`);
  for (const { title, callSite, url } of findings)
    say('New finding', `${oneLine(title)}${callSite === null ? '' : ` at ${callSite}`}`, url);
  for (const { text, calls, url } of statements)
    say('New statement', `${oneLine(text)} (${count(calls)} calls)`, url);
  return facts;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function minute(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= statementShownMax ? line : `${line.slice(0, statementShownMax - 1)}…`;
}
