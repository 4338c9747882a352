import { createServer } from 'node:net';
import type { Socket } from 'node:net';

export interface SmtpServer extends AsyncDisposable {
  readonly port: number;
  /** Every line a client sent, message included. */
  readonly lines: readonly string[];
  /** The messages taken, each with its head and text. */
  readonly mails: readonly string[];
}

export interface SmtpAnswers {
  /** A reply instead of 250, by the first word of the command or by the whole line. */
  readonly replies?: Readonly<Record<string, string>>;
  readonly isSilent?: boolean;
}

/** As much of RFC 5321 as one message needs, on a free local port. */
export async function openSmtpServer({
  replies = {},
  isSilent = false,
}: SmtpAnswers = {}): Promise<SmtpServer> {
  const lines: string[] = [];
  const mails: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (isSilent) return;
    let mail: string[] | undefined;
    let rest = '';
    socket.write('220 local ESMTP\r\n');
    socket.on('data', (chunk: Buffer) => {
      const parts = `${rest}${chunk.toString('utf8')}`.split('\r\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        lines.push(line);
        if (mail === undefined) {
          const [word = ''] = line.split(/[ :]/);
          const reply = replies[line] ?? replies[word] ?? standard[word] ?? '250 fine';
          if (word === 'DATA' && reply.startsWith('354')) mail = [];
          socket.write(`${reply}\r\n`);
          if (word === 'QUIT') socket.end();
        } else if (line === '.') {
          const reply = replies['.'] ?? '250 taken';
          if (reply.startsWith('250')) mails.push(mail.join('\n'));
          mail = undefined;
          socket.write(`${reply}\r\n`);
        } else mail.push(line);
      }
    });
  });
  const { promise: listening, resolve: onListening } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', onListening);
  await listening;
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    lines,
    mails,
    [Symbol.asyncDispose]: async () => {
      const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
      server.close(() => onClosed());
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const standard: Readonly<Record<string, string>> = {
  EHLO: '250-local\r\n250 AUTH PLAIN',
  AUTH: '235 welcome',
  DATA: '354 go on',
  QUIT: '221 bye',
};
