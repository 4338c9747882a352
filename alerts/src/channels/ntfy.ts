import type { Notification } from '../../schema/index.ts';
import type { Channel } from '../ports.ts';
import { clip, fitBytes } from './clip.ts';
import type { Poster } from './poster.ts';

// docs.ntfy.sh/publish/#limitations: a message of 4096 bytes; longer ones become an attachment or are refused.
const messageBytesMax = 4_096;
const titleMax = 250;
const linkMax = 2_000;

export interface NtfyOptions {
  readonly name: string;
  /** The server, without the topic. */
  readonly url: string;
  readonly topic: string;
  readonly token?: string | undefined;
}

/** Publishes as JSON to the server's root, where the topic is part of the body. */
export function createNtfyChannel(options: NtfyOptions, poster: Poster): Channel {
  const { name, url, topic, token } = options;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    name,
    send: async (message, signal) =>
      await poster.post({ url, headers, body: ntfyBody(message, topic) }, signal),
  };
}

function ntfyBody(message: Notification, topic: string): string {
  const isResolved = message.transition === 'resolve';
  const priority = isResolved ? 3 : { critical: 5, warning: 4, info: 3 }[message.severity];
  return JSON.stringify({
    topic,
    title: clip(message.title, titleMax),
    message: fitBytes((text) => text, message.text, messageBytesMax),
    priority,
    tags: [isResolved ? 'white_check_mark' : 'rotating_light'],
    ...(message.url.length <= linkMax ? { click: message.url } : {}),
  });
}
