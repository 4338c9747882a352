import type { LinkedFact, Notification } from '../../schema/index.ts';
import type { Channel } from '../ports.ts';
import { clip } from './clip.ts';
import { fitItems, partsOf, toneOf } from './message-parts.ts';
import type { Tone } from './message-parts.ts';
import type { Poster } from './poster.ts';

// learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors: a message of 28 KB.
const messageBytesMax = 28_000;
const titleMax = 500;
const lineMax = 2_000;
const linkMax = 2_000;

const colors: Readonly<Record<Tone, string>> = {
  good: 'Good',
  bad: 'Attention',
  warning: 'Warning',
  plain: 'Default',
};

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

export function teamsBody(message: Notification): string {
  const { about, facts, evidence, notes, links } = partsOf(message);
  const actions = links
    .filter(({ url }) => url.length <= linkMax)
    .map(({ text, url }) => ({ type: 'Action.OpenUrl', title: text, url }));
  const title = block([run(clip(message.title, titleMax), { weight: 'Bolder', size: 'Medium' })], {
    color: colors[toneOf(message)],
  });
  const lines = [
    ...about.map((text) => block([run(clip(text, lineMax))])),
    ...[...facts, ...evidence].map(factBlock),
    ...notes.map((text) => block([run(clip(text, lineMax), { isSubtle: true })])),
  ];
  const build = (kept: readonly object[]) =>
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
            body: [title, ...kept],
            actions,
          },
        },
      ],
    });
  return fitItems(build, lines, messageBytesMax);
}

function factBlock({ name, value, url }: LinkedFact) {
  const opens =
    url !== null && url.length <= linkMax ? { selectAction: { type: 'Action.OpenUrl', url } } : {};
  return block([run(`${name}: `, { weight: 'Bolder' }), run(clip(value, lineMax), opens)]);
}

// Runs of rich text are shown as they are; a TextBlock would read markdown in a label.
function run(text: string, look: Readonly<Record<string, unknown>> = {}) {
  return { type: 'TextRun', text, ...look };
}

function block(inlines: readonly object[], look: { readonly color?: string } = {}) {
  const { color } = look;
  return {
    type: 'RichTextBlock',
    inlines: color === undefined ? inlines : inlines.map((it) => ({ ...it, color })),
  };
}
