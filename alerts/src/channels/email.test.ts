import { expect, it } from 'vitest';
import type { Notification } from '../../schema/index.ts';
import { notificationOf } from '../store-contract/samples.ts';
import { openSmtpServer } from '../test-support/smtp-server.ts';
import { createEmailChannel } from './email.ts';
import type { EmailOptions } from './email.ts';
import { systemResolve } from './guarded-address.ts';
import { publicOnly } from './target-policy.ts';

const to = ['ada@example.org', 'ben@example.org'];
const guard = { policy: { isPrivateAllowed: true, allowed: [] }, resolve: systemResolve };

async function send(port: number, message: Notification, part: Partial<EmailOptions> = {}) {
  const settings = {
    name: 'mail',
    host: 'localhost',
    port,
    tls: 'none' as const,
    from: 'nj@example.org',
    to,
  };
  const channel = createEmailChannel({ ...settings, ...part }, guard);
  return await channel.send(message, AbortSignal.timeout(5_000));
}

it('sends text and HTML to all, signed in, the messages of an episode as one thread', async () => {
  await using server = await openSmtpServer();
  const login = { user: 'nj', password: 'secret' };
  const first = notificationOf({ title: 'Critical: p95\r\nBcc: evil@example.org' });
  expect(await send(server.port, first, login)).toEqual({ kind: 'delivered' });
  const last = notificationOf({ transition: 'resolve', eventId: 'event-2', resolvedAt: first.firedAt });
  expect(await send(server.port, last, login)).toEqual({ kind: 'delivered' });
  expect(server.lines).toContain(`AUTH PLAIN ${Buffer.from('\0nj\0secret').toString('base64')}`);
  expect(server.lines.filter((line) => line.startsWith('RCPT'))).toEqual(
    [...to, ...to].map((address) => `RCPT TO:<${address}>`),
  );
  const [trigger = '', resolve = ''] = server.mails;
  expect(trigger).toContain('Subject: Critical: p95 Bcc: evil@example.org\n');
  expect(trigger).not.toMatch(/^Bcc:/m);
  expect(trigger).toContain('Message-ID: <episode.e@example.org>');
  expect(trigger).toContain('Auto-Submitted: auto-generated');
  expect(trigger).toContain('Where: service shop\nValue: 2,000 ms');
  expect(resolve).toContain('Message-ID: <event.event-2@example.org>');
  expect(resolve).toContain('In-Reply-To: <episode.e@example.org>');
  expect(resolve).toContain('References: <episode.e@example.org>');
});

it('a second attempt is the same message', async () => {
  await using server = await openSmtpServer();
  await send(server.port, notificationOf());
  await send(server.port, notificationOf());
  expect(server.mails[0]).toBe(server.mails[1]);
});

it.each([
  [{ '.': '451 later' }, 'retry', '451 later'],
  [{ '.': '554 spam' }, 'rejected', '554 spam'],
  [{ AUTH: '535 wrong' }, 'rejected', '535 wrong'],
  [{ EHLO: '421 busy', HELO: '421 busy' }, 'retry', '421 busy'],
  [{ MAIL: '550 no such sender' }, 'rejected', '550 no such sender'],
  [{ 'RCPT TO:<ben@example.org>': '550 unknown' }, 'rejected', 'refused for ben@example.org'],
] as const)('a server that replies %j is %s', async (replies, kind, reason) => {
  await using server = await openSmtpServer({ replies });
  expect(await send(server.port, notificationOf(), { user: 'nj', password: 'secret' })).toEqual({
    kind,
    reason: expect.stringContaining(reason),
  });
});

it('a server without STARTTLS gets neither password nor message', async () => {
  await using server = await openSmtpServer({ replies: { STARTTLS: '502 unknown' } });
  const outcome = await send(server.port, notificationOf(), {
    tls: 'starttls',
    user: 'nj',
    password: 'secret',
  });
  expect(outcome.kind).not.toBe('delivered');
  expect(server.lines.filter((line) => /^(AUTH|MAIL|DATA)/.test(line))).toEqual([]);
});

it('a server that says nothing is left when the attempt ends, one that is gone is tried again', async () => {
  const server = await openSmtpServer({ isSilent: true });
  const settings = { name: 'mail', host: '127.0.0.1', tls: 'none' as const, from: 'nj@example.org', to };
  const channel = createEmailChannel({ ...settings, port: server.port }, guard);
  expect(await channel.send(notificationOf(), AbortSignal.timeout(100))).toEqual({
    kind: 'retry',
    reason: 'timed out',
  });
  await server[Symbol.asyncDispose]();
  expect(await send(server.port, notificationOf())).toMatchObject({ kind: 'retry' });
});

it('a mail server inside is refused to a collector that others reach', async () => {
  await using server = await openSmtpServer();
  const settings = { name: 'mail', host: 'localhost', tls: 'none' as const, from: 'nj@example.org', to };
  const channel = createEmailChannel(
    { ...settings, port: server.port },
    { policy: publicOnly, resolve: systemResolve },
  );
  expect(await channel.send(notificationOf(), AbortSignal.timeout(5_000))).toMatchObject({
    kind: 'rejected',
    reason: expect.stringContaining('NIGHTJAR_CHANNEL_ALLOW'),
  });
  expect(server.lines).toEqual([]);
});
