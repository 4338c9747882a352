import type { Notification, Severity } from '../../schema/index.ts';
import type { Channel } from '../ports.ts';
import { clip } from './clip.ts';
import { isOpenAndShut } from './message-parts.ts';
import { postInTurn } from './post-in-turn.ts';
import type { Post, Poster } from './poster.ts';

// docs.opsgenie.com/docs/alert-api: message 130, alias 512, description 15000, entity 512, source 100, note 25000
// characters; 20 tags of 50; details 8000 in all.
const messageMax = 130;
const aliasMax = 512;
const descriptionMax = 15_000;
const entityMax = 512;
const tagMax = 50;
const detailsMax = 8_000;
const noteMax = 25_000;

export interface OpsgenieOptions {
  readonly name: string;
  readonly apiKey: string;
  readonly url: string;
}

/** Creates an alert under its alias, which opens it once, and closes it by alias. */
export function createOpsgenieChannel(options: OpsgenieOptions, poster: Poster): Channel {
  const base = `${options.url.replace(/\/+$/, '')}/v2/alerts`;
  const headers = { authorization: `GenieKey ${options.apiKey}` };
  return {
    name: options.name,
    send: async (message, signal) => {
      const opens = message.transition !== 'resolve' || isOpenAndShut(message);
      const closes = message.transition === 'resolve' || isOpenAndShut(message);
      const posts = [
        ...(opens ? [createPost(message, base)] : []),
        ...(closes ? [closePost(message, base)] : []),
      ];
      return await postInTurn(
        poster,
        posts.map((post) => ({ ...post, headers })),
        signal,
      );
    },
  };
}

type Request = Pick<Post, 'url' | 'body'>;

function closePost(message: Notification, base: string): Request {
  const alias = clip(message.dedupKey, aliasMax);
  return {
    url: `${base}/${encodeURIComponent(alias)}/close?identifierType=alias`,
    body: JSON.stringify({ source: 'Nightjar', note: clip(message.text, noteMax) }),
  };
}

function createPost(message: Notification, base: string): Request {
  return {
    url: base,
    body: JSON.stringify({
      message: clip(message.title, messageMax),
      alias: clip(message.dedupKey, aliasMax),
      description: clip(message.text, descriptionMax),
      priority: priorities[message.severity],
      source: 'Nightjar',
      entity: clip(message.labels['service'] ?? message.ruleName, entityMax),
      tags: [message.severity, message.ruleUid].filter((tag) => tag !== '').map((tag) => clip(tag, tagMax)),
      details: detailsOf(message),
    }),
  };
}

function detailsOf(message: Notification): Record<string, string> {
  const details: Record<string, string> = {};
  let room = detailsMax;
  const facts = {
    ...message.labels,
    dashboard: message.url,
    episode: message.episodeUrl ?? '',
    runbook: message.runbook ?? '',
  };
  for (const [label, value] of Object.entries(facts)) {
    if (value === '' || label.length + value.length > room) continue;
    details[label] = value;
    room -= label.length + value.length;
  }
  return details;
}

const priorities: Readonly<Record<Severity, string>> = { critical: 'P1', warning: 'P3', info: 'P5' };
