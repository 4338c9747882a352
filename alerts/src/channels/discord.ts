import type { Notification } from '../../schema/index.ts';
import type { Channel } from '../ports.ts';
import { clip } from './clip.ts';
import { partsOf, toneOf } from './message-parts.ts';
import type { Tone } from './message-parts.ts';
import type { Poster } from './poster.ts';

// docs.discord.com/developers/resources/message#embed-object-embed-limits: title 256, description 4096, 25 fields with
// names of 256 and values of 1024, 6000 characters in all.
const titleMax = 256;
const descriptionMax = 2_000;
const fieldsMax = 25;
const fieldNameMax = 256;
const fieldValueMax = 1_024;
const embedMax = 6_000;
const linkMax = 500;

const colors: Readonly<Record<Tone, number>> = {
  good: 0x2e_a0_43,
  bad: 0xd1_24_2f,
  warning: 0xbf_87_00,
  plain: 0x57_60_6a,
};

export interface DiscordOptions {
  readonly name: string;
  readonly url: string;
}

/** One embed a message; nobody is mentioned, whatever a label says. */
export function createDiscordChannel({ name, url }: DiscordOptions, poster: Poster): Channel {
  return {
    name,
    send: async (message, signal) => await poster.post({ url, body: discordBody(message) }, signal),
  };
}

export function discordBody(message: Notification): string {
  const { links } = partsOf(message);
  const title = clip(message.title, titleMax);
  const description = descriptionOf(message);
  const fields = fieldsWithin(message, embedMax - title.length - description.length);
  return JSON.stringify({
    username: 'Nightjar',
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title,
        ...(description === '' ? {} : { description }),
        color: colors[toneOf(message)],
        timestamp: new Date(message.dataAsOf).toISOString(),
        fields,
        ...((links[0]?.url.length ?? 0) <= 2_000 ? { url: message.url } : {}),
      },
    ],
  });
}

function descriptionOf(message: Notification): string {
  const { about, notes, links } = partsOf(message);
  const lines = [...about, ...notes].map(escapeMarkdown);
  // The title leads to the dashboard.
  for (const { text, url } of links.slice(1)) if (url.length <= linkMax) lines.push(`${text}: ${url}`);
  return clip(lines.join('\n'), descriptionMax);
}

function fieldsWithin(message: Notification, budget: number) {
  const { facts, evidence } = partsOf(message);
  const fields: { name: string; value: string }[] = [];
  let room = budget;
  for (const { name, value, url } of [...facts, ...evidence]) {
    const address = url !== null && url.length <= linkMax ? `\n${url}` : '';
    const field = {
      name: clip(name, fieldNameMax),
      value: `${clip(escapeMarkdown(value), fieldValueMax - address.length) || '-'}${address}`,
    };
    room -= field.name.length + field.value.length;
    if (room < 0 || fields.length >= fieldsMax) break;
    fields.push(field);
  }
  return fields;
}

// Addresses stay whole, so that they can be followed.
function escapeMarkdown(text: string): string {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/([\\*_~`|[\]<>#])/g, String.raw`\$1`)))
    .join('');
}
