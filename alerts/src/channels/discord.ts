import type { Notification } from '../../schema/index.ts';
import type { Channel } from '../ports.ts';
import { clip } from './clip.ts';
import type { Poster } from './poster.ts';

// docs.discord.com/developers/resources/message#embed-object-embed-limits: title 256, description 4096, 6000 in all.
const titleMax = 256;
const descriptionMax = 4_096;
const linkMax = 2_000;

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

function discordBody(message: Notification): string {
  const color =
    message.transition === 'resolve' ? 0x2e_a0_43 : message.severity === 'critical' ? 0xd1_24_2f : 0xbf_87_00;
  return JSON.stringify({
    username: 'Nightjar',
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: clip(message.title, titleMax),
        description: clip(escapeMarkdown(message.text), descriptionMax),
        color,
        timestamp: new Date(message.dataAsOf).toISOString(),
        ...(message.url.length <= linkMax ? { url: message.url } : {}),
      },
    ],
  });
}

// Addresses stay whole, so that they can be followed.
function escapeMarkdown(text: string): string {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/([\\*_~`|[\]<>#])/g, String.raw`\$1`)))
    .join('');
}
