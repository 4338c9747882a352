import { webhookBytesMax } from '@nightjar/alerts';
import type { InboxOutcome } from '@nightjar/alerts';
import type { FastifyInstance } from 'fastify';
import { apiPrefix } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';

export type PagerDutyInbox = (signed: {
  readonly body: Uint8Array;
  readonly signature: string | undefined;
}) => Promise<InboxOutcome>;

/** Open to strangers: what counts is the signature over the body. */
export const pagerDutyPath = `${apiPrefix}/webhooks/pagerduty`;

const perMinuteMax = 300;

/** Takes what PagerDuty's webhook says about incidents of ours. Needs the bytes as they came. */
export async function registerPagerDutyRoute(app: FastifyInstance, take: PagerDutyInbox): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.route({
      method: 'POST',
      url: pagerDutyPath,
      bodyLimit: webhookBytesMax,
      config: { rateLimit: { max: perMinuteMax, timeWindow: 60_000 } },
      schema: { hide: true },
      handler: async (request, reply) => {
        const signature = request.headers['x-pagerduty-signature'];
        const outcome = await take({
          body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
          signature: typeof signature === 'string' ? signature : undefined,
        });
        answer(outcome);
        return await reply.code(202).send();
      },
    });
  });
}

function answer(outcome: InboxOutcome): void {
  switch (outcome.kind) {
    case 'taken':
      return;
    case 'not_configured':
      throw new ApiFailure('not_found', 'No PagerDuty channel has a webhookSecret.');
    case 'bad_signature':
      throw new ApiFailure('login_required', 'The signature does not belong to this body.', {
        remedy: 'Compare webhookSecret in channels.yaml with the secret of the webhook subscription.',
      });
    case 'unread':
      throw new ApiFailure('invalid_body', 'The body is not an event of a PagerDuty webhook of version 3.');
    default:
      assertNever(outcome);
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable outcome ${JSON.stringify(value)}`);
}
