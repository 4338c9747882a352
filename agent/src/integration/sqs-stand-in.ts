import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SqsStandIn {
  readonly url: string;
  /** Names of the queues whose attributes were asked for, in order. */
  readonly asked: string[];
  readonly close: () => void;
}

interface Message {
  readonly MessageBody: string;
  readonly MessageAttributes?: Readonly<Record<string, unknown>>;
}

/** As much of SQS as the tests need, in the AWS JSON 1.0 protocol that the SDK speaks. */
export async function startSqs(): Promise<SqsStandIn> {
  const queues = new Map<string, Message[]>();
  const asked: string[] = [];
  const answers: Readonly<Record<string, (name: string, input: Message) => object | undefined>> = {
    SendMessage: (name, { MessageBody, MessageAttributes }) => {
      const message = { MessageBody, ...(MessageAttributes === undefined ? {} : { MessageAttributes }) };
      queues.set(name, [...(queues.get(name) ?? []), message]);
      return { MessageId: 'm', MD5OfMessageBody: md5(MessageBody) };
    },
    ReceiveMessage: (name) => {
      const messages = queues.get(name) ?? [];
      return {
        Messages: messages.map(({ MessageBody: Body, MessageAttributes }, index) => ({
          MessageId: `m${index}`,
          ReceiptHandle: 'r',
          Body,
          MessageAttributes,
          MD5OfBody: md5(Body),
        })),
      };
    },
    GetQueueAttributes: (name) => {
      asked.push(name);
      const waiting = String(queues.get(name)?.length ?? 0);
      if (name === 'denied') return undefined;
      return {
        Attributes: { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: '2' },
      };
    },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const input: Message & { QueueUrl: string } = JSON.parse(Buffer.concat(chunks).toString());
      const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const answer = answers[action]?.(input.QueueUrl.split('/').at(-1) ?? '', input);
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.statusCode = answer === undefined ? 403 : 200;
      response.end(JSON.stringify(answer ?? { __type: 'AccessDeniedException', message: 'no' }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
