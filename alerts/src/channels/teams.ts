import type { Notification } from '../../schema/index.ts';
import type { Channel } from '../ports.ts';
import { clip, fitBytes } from './clip.ts';
import type { Poster } from './poster.ts';

// learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors: a message of 28 KB.
const messageBytesMax = 28_000;
const titleMax = 500;
const linkMax = 2_000;

export interface TeamsOptions {
  readonly name: string;
  readonly url: string;
}

/** An adaptive card to a workflow of the kind "when a Teams webhook request is received". */
export function createTeamsChannel({ name, url }: TeamsOptions, poster: Poster): Channel {
  return {
    name,
    send: async (message, signal) => await poster.post({ url, body: teamsBody(message) }, signal),
  };
}

function teamsBody(message: Notification): string {
  const actions = [
    { title: 'Dashboard', url: message.url },
    ...(message.runbook === null ? [] : [{ title: 'Runbook', url: message.runbook }]),
  ].filter(({ url }) => url.length <= linkMax);
  const color =
    message.transition === 'resolve' ? 'Good' : message.severity === 'critical' ? 'Attention' : 'Warning';
  const build = (text: string) =>
    JSON.stringify({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            msteams: { width: 'Full' },
            body: [
              run(clip(message.title, titleMax), { weight: 'Bolder', size: 'Medium', color }),
              ...text.split('\n').map((line) => run(line)),
            ],
            actions: actions.map((action) => ({ type: 'Action.OpenUrl', ...action })),
          },
        },
      ],
    });
  return fitBytes(build, message.text, messageBytesMax);
}

// Runs of rich text are shown as they are; a TextBlock would read markdown in a label.
function run(text: string, look: Readonly<Record<string, string>> = {}) {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...look }] };
}
