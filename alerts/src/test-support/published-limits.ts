// What the services publish about the bodies they take; a fake of one answers by it.
import { z } from 'zod';

const text = (lengthMax: number) => z.string().min(1).max(lengthMax);
const instant = z.iso.datetime();
const link = z.url().max(3_000);
const plain = (lengthMax: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(lengthMax), emoji: z.boolean() });

export const pagerDuty = z.strictObject({
  routing_key: z.string(),
  dedup_key: text(255),
  event_action: z.literal('trigger'),
  client: z.string(),
  client_url: z.string(),
  links: z.array(z.strictObject({ href: z.url(), text: text(1_024) })),
  payload: z.strictObject({
    summary: text(1_024),
    source: text(1_024),
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    timestamp: instant,
    component: z.string(),
    class: z.string(),
    custom_details: z.record(z.string(), z.unknown()),
  }),
});
const markup = z.strictObject({ type: z.literal('mrkdwn'), text: text(3_000), verbatim: z.literal(true) });
const slackBlock = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plain(150) }),
  z
    .strictObject({
      type: z.literal('section'),
      text: z.union([plain(3_000), markup]).optional(),
      fields: z.array(plain(2_000)).min(1).max(10).optional(),
    })
    .refine((it) => it.text !== undefined || it.fields !== undefined, 'section without text'),
  z.strictObject({ type: z.literal('context'), elements: z.array(plain(3_000)).min(1).max(10) }),
  z.strictObject({
    type: z.literal('actions'),
    elements: z
      .array(z.strictObject({ type: z.literal('button'), text: plain(75), url: link }))
      .min(1)
      .max(25),
  }),
]);
export const slack = z.strictObject({
  text: text(4_000),
  unfurl_links: z.boolean(),
  blocks: z.array(slackBlock).max(50),
});
export const opsgenie = z.strictObject({
  message: text(130),
  alias: text(512),
  description: text(15_000),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']),
  source: text(100),
  entity: text(512),
  tags: z.array(text(50)).max(20),
  details: z
    .record(z.string(), z.string())
    .refine((it) => Object.entries(it).flat().join('').length <= 8_000, 'details over 8000'),
});
export const teams = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: z.looseObject({ type: z.literal('AdaptiveCard'), version: z.literal('1.4') }),
    }),
  ]),
});
export const discord = z.strictObject({
  username: text(80),
  allowed_mentions: z.strictObject({ parse: z.tuple([]) }),
  embeds: z.tuple([
    z
      .strictObject({
        title: text(256),
        description: text(4_096).optional(),
        color: z.number().int().max(0xff_ff_ff),
        timestamp: instant,
        fields: z.array(z.strictObject({ name: text(256), value: text(1_024) })).max(25),
        url: link.optional(),
      })
      .refine((it) => {
        const said = [
          it.title,
          it.description ?? '',
          ...it.fields.flatMap((field) => [field.name, field.value]),
        ];
        return said.join('').length <= 6_000;
      }, 'embed over 6000'),
  ]),
});
export const ntfy = z.strictObject({
  topic: z.literal('on-call'),
  title: text(250),
  message: z.string().refine((it) => it !== '' && Buffer.byteLength(it) <= 4_096, 'message over 4096 bytes'),
  priority: z.number().int().min(1).max(5),
  tags: z.array(z.string()).max(5),
  click: link.optional(),
});
const labelSet = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), text(20_000));
const postedAlert = z
  .strictObject({
    labels: labelSet,
    annotations: labelSet,
    startsAt: instant,
    endsAt: instant,
    generatorURL: z.string(),
  })
  .refine((it) => it.endsAt >= it.startsAt);
export const alertmanager = z.array(postedAlert).min(1);
