import type { Notification } from '../../schema/index.ts';
import type { Channel, SendOutcome } from '../ports.ts';
import { clip } from './clip.ts';
import type { Poster } from './poster.ts';

// docs.slack.dev/reference/block-kit/blocks: header 150, section text 3000, button url 3000 characters.
const headerMax = 150;
const sectionMax = 3_000;
const linkMax = 3_000;
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

function slackBody(message: Notification): string {
  const buttons = [
    { text: 'Dashboard', url: message.url },
    ...(message.runbook === null ? [] : [{ text: 'Runbook', url: message.runbook }]),
  ].filter(({ url }) => url.length <= linkMax);
  return JSON.stringify({
    // Shown in notifications. The only part that Slack reads as markup, so <!channel> in a label must not be.
    text: escapeMarkup(clip(message.title, fallbackMax)),
    unfurl_links: false,
    blocks: [
      { type: 'header', text: plain(clip(message.title, headerMax)) },
      { type: 'section', text: plain(clip(message.text, sectionMax)) },
      ...(buttons.length === 0
        ? []
        : [
            {
              type: 'actions',
              elements: buttons.map((it) => ({ type: 'button', text: plain(it.text), url: it.url })),
            },
          ]),
    ],
  });
}

function plain(text: string) {
  return { type: 'plain_text', text, emoji: false };
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
