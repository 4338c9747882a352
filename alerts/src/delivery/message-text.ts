// Promise: pure. The whole of a message as plain lines, from its parts.
import { evidenceFacts } from '../../schema/index.ts';
import type { Notification } from '../../schema/index.ts';

export type MessageParts = Omit<Notification, 'text'>;

/** What happened comes first, then why it may have, then where to look. */
export function withText(parts: MessageParts): Notification {
  return { ...parts, text: textOf(parts) };
}

function textOf(parts: MessageParts): string {
  const { annotations, facts, evidence, notes, url, episodeUrl, runbook } = parts;
  const about = [annotations['summary'], annotations['description']].filter(
    (it): it is string => it !== undefined && it !== '',
  );
  const found = evidence === null ? [] : evidenceFacts(evidence);
  return [
    ...about,
    ...facts.map(({ name, value }) => `${name}: ${value}`),
    ...found.map((it) => `${it.name}: ${it.value}${it.url === null ? '' : ` ${it.url}`}`),
    ...notes,
    `Dashboard: ${url}`,
    ...(episodeUrl === null ? [] : [`Episode: ${episodeUrl}`]),
    ...(runbook === null ? [] : [`Runbook: ${runbook}`]),
  ].join('\n');
}
