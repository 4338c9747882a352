import type { LinkedFact, Notification } from '../../schema/index.ts';
import type { Channel, SendOutcome } from '../ports.ts';
import { clip } from './clip.ts';
import { partsOf } from './message-parts.ts';
import type { Poster } from './poster.ts';

// docs.slack.dev/reference/block-kit/blocks: 50 blocks; header 150, section text 3000, 10 fields of 2000, context 10
// elements, button url 3000 characters.
const headerMax = 150;
const sectionMax = 3_000;
const fieldMax = 2_000;
const fieldsMax = 10;
const listSectionsMax = 10;
const linkMax = 3_000;
const linkedLineMax = 400;
const notesMax = 10;
const noteMax = 2_000;
const fallbackMax = 600;

/** Errors that Slack itself calls passing; any other means the message or the address is wrong. */
const passingErrors: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'rollup_error',
  'service_unavailable',
]);

export interface SlackOptions {
  readonly name: string;
  readonly url: string;
}

/** Incoming webhook with blocks. Slack says no with status 200 too: only the body `ok` is a yes. */
export function createSlackChannel({ name, url }: SlackOptions, poster: Poster): Channel {
  return {
    name,
    send: async (message, signal) =>
      await poster.post({ url, body: slackBody(message), judge: judgeSlack }, signal),
  };
}

export function judgeSlack(text: string): SendOutcome {
  if (text === 'ok') return { kind: 'delivered' };
  const error = /"ok"\s*:\s*(true|false)(?:.*"error"\s*:\s*"(\w+)")?/s.exec(text);
  if (error?.[1] === 'true') return { kind: 'delivered' };
  // Slack's own errors are words such as invalid_blocks; anything else is not shown, whoever answered it.
  const code = error?.[2] ?? (/^[a-z_]{1,60}$/.test(text) ? text : '');
  const reason = `Slack answered ${code === '' ? 'something else than ok' : code}`;
  return { kind: passingErrors.has(code) ? 'retry' : 'rejected', reason, detail: clip(text, 200) };
}

export function slackBody(message: Notification): string {
  const { about, facts, evidence, notes, links } = partsOf(message);
  const buttons = links.filter(({ url }) => url.length <= linkMax);
  const blocks = [
    { type: 'header', text: plain(clip(message.title, headerMax)) },
    ...about.map((text) => ({ type: 'section', text: plain(clip(text, sectionMax)) })),
    ...factBlocks(facts),
    ...(evidence.length === 0 ? [] : [{ type: 'section', text: linked(evidence) }]),
    ...(notes.length === 0
      ? []
      : [{ type: 'context', elements: notes.slice(0, notesMax).map((it) => plain(clip(it, noteMax))) }]),
    ...(buttons.length === 0
      ? []
      : [
          {
            type: 'actions',
            elements: buttons.map((it) => ({ type: 'button', text: plain(it.text), url: it.url })),
          },
        ]),
  ];
  return JSON.stringify({
    // Shown in notifications. Slack reads it as markup, so <!channel> in a label must not be.
    text: escapeMarkup(clip(message.title, fallbackMax)),
    unfurl_links: false,
    blocks,
  });
}

/** A few facts as a table; a list, such as that of a group, as lines. */
function factBlocks(facts: readonly LinkedFact[]): object[] {
  if (facts.length === 0) return [];
  if (facts.length <= fieldsMax) {
    const fields = facts.map(({ name, value }) => plain(clip(`${name}\n${value}`, fieldMax)));
    return [{ type: 'section', fields }];
  }
  const texts: string[] = [];
  for (const { name, value } of facts) {
    const line = clip(`${name}: ${value}`, sectionMax);
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= sectionMax)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.slice(0, listSectionsMax).map((text) => ({ type: 'section', text: plain(text) }));
}

/** Lines with links; whole lines only, so that no link is cut. */
function linked(facts: readonly LinkedFact[]) {
  let text = '';
  for (const { name, value, url } of facts) {
    const said = escapeMarkup(clip(value, linkedLineMax));
    const isLink = url !== null && url.length <= linkMax && !/[\s|<>]/.test(url);
    const line = `${name}: ${isLink ? `<${escapeMarkup(url)}|${said}>` : said}\n`;
    if (text.length + line.length > sectionMax) break;
    text += line;
  }
  return { type: 'mrkdwn', text: text.trimEnd(), verbatim: true };
}

function plain(text: string) {
  return { type: 'plain_text', text: text === '' ? ' ' : text, emoji: false };
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
