import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { Notification } from '../../schema/index.ts';
import type { Channel, SendOutcome } from '../ports.ts';
import { clip } from './clip.ts';
import { mailHtml } from './email-html.ts';
import { guardAddress, pinnedLookup } from './guarded-address.ts';
import type { Resolve, ResolvedAddress } from './guarded-address.ts';
import type { TargetPolicy } from './target-policy.ts';

/** Each step of the exchange; the worker ends the attempt as a whole. */
export const smtpStepTimeoutMs = 8_000;
const subjectMax = 200;
const textMax = 100_000;

export interface EmailOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

/** Plain text and HTML over SMTP. The messages of one episode form one thread, and an attempt that is repeated keeps its id. */
export function createEmailChannel(
  options: EmailOptions,
  guard: { readonly policy: TargetPolicy; readonly resolve: Resolve },
): Channel {
  const { name, host, port } = options;
  return {
    name,
    send: async (message, signal) => {
      const guarded = await guardAddress({ host, port }, guard);
      if (guarded.kind === 'refused') return { kind: 'rejected', reason: guarded.reason };
      if (guarded.kind === 'unresolved') return { kind: 'retry', reason: guarded.reason };
      return await sendMail(mailOf(message, options), { options, addresses: guarded.addresses, signal });
    },
  };
}

interface Exchange {
  readonly options: EmailOptions;
  readonly addresses: readonly ResolvedAddress[];
  readonly signal: AbortSignal;
}

async function sendMail(mail: ReturnType<typeof mailOf>, exchange: Exchange): Promise<SendOutcome> {
  const { signal } = exchange;
  if (signal.aborted) return { kind: 'retry', reason: 'timed out' };
  let socket: Socket | undefined;
  const transport = openTransport(exchange, (opened) => (socket = opened));
  const onAbort = () => void socket?.destroy(new Error('timed out'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { rejected } = await transport.sendMail(mail);
    if (rejected.length === 0) return { kind: 'delivered' };
    // Some were taken: to send again would tell those twice.
    return { kind: 'rejected', reason: `refused for ${rejected.map(String).join(', ')}` };
  } catch (error) {
    return signal.aborted ? { kind: 'retry', reason: 'timed out' } : failureOf(error);
  } finally {
    signal.removeEventListener('abort', onAbort);
    transport.close();
    socket?.destroy();
  }
}

function openTransport({ options, addresses }: Exchange, onSocket: (socket: Socket) => void) {
  const { host, port, tls, user, password } = options;
  return createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: smtpStepTimeoutMs,
    greetingTimeout: smtpStepTimeoutMs,
    socketTimeout: smtpStepTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    // The socket goes to an address that was judged; the name is left for the certificate.
    getSocket: (_options, callback) => {
      const socket = connect({ host, port, lookup: pinnedLookup(addresses), timeout: smtpStepTimeoutMs });
      onSocket(socket);
      // An error after the exchange must find a listener, or it ends the process.
      socket.on('error', () => undefined);
      const onError = (error: Error) => callback(error, undefined);
      socket.once('error', onError);
      socket.once('timeout', () => socket.destroy(new Error('the mail server does not answer')));
      socket.once('connect', () => {
        socket.removeListener('error', onError);
        socket.removeAllListeners('timeout');
        socket.setTimeout(0);
        callback(null, { connection: socket });
      });
    },
  });
}

function mailOf(message: Notification, { from, to }: EmailOptions) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const thread = `<episode.${message.episodeId}@${domain}>`;
  // Later news of a group are triggers too, and no two messages may share an id.
  const isFirst = message.transition === 'trigger' && (message.group === null || message.seq === 1);
  return {
    from,
    to: [...to],
    subject: clip(message.title.replaceAll(/\s+/g, ' '), subjectMax),
    text: clip(message.text, textMax),
    html: mailHtml(message),
    // Else it would be another one on every attempt.
    baseBoundary: message.eventId.slice(0, 32),
    messageId: isFirst ? thread : `<event.${message.eventId}@${domain}>`,
    ...(isFirst ? {} : { inReplyTo: thread, references: thread }),
    date: new Date(message.dataAsOf),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Nightjar-Event-Id': message.eventId },
  };
}

/** 4yz is for now, 5yz for good (RFC 5321 section 4.2.1); without a reply the network failed. */
function failureOf(error: unknown): SendOutcome {
  const reason = clip(error instanceof Error ? error.message : String(error), 1_000);
  const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
  return { kind: code >= 500 ? 'rejected' : 'retry', reason };
}
