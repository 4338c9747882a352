// For one queue library: a job that is sent in a span and worked on, and a queue with three jobs that nobody works on.
import { traceJob } from '@nightjar/agent';
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('queues');
const inSpan = (name, work) =>
  tracer.startActiveSpan(name, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });
const inJob = () => tracer.startSpan('in the job').end();
const untilDone = () => {
  let done;
  const promise = new Promise((resolve) => {
    done = resolve;
  });
  return { promise, done };
};

const libraries = {
  async bull() {
    const { default: Queue } = await import('bull');
    const redis = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) };
    const [busy, idle] = [new Queue('busy', { redis }), new Queue('idle', { redis })];
    const { promise, done } = untilDone();
    void busy.process('email', async (job) => {
      inJob();
      done(job.data);
    });
    await inSpan('request', () => busy.add('email', { to: 'a@b.c' }));
    const data = await promise;
    await idle.addBulk([1, 2].map((n) => ({ data: { n } })));
    await idle.add({ n: 3 }, { lifo: false });
    return { data, close: () => Promise.all([busy.close(), idle.close()]) };
  },

  async 'pg-boss'() {
    const { PgBoss } = await import('pg-boss');
    const boss = new PgBoss(process.env.DATABASE_URL);
    boss.on('error', (error) => console.error(error));
    await boss.start();
    await boss.createQueue('busy');
    await boss.createQueue('idle');
    const { promise, done } = untilDone();
    await boss.work('busy', { pollingIntervalSeconds: 0.5 }, async ([job]) => {
      inJob();
      done(job.data);
    });
    await inSpan('request', () => boss.send('busy', { to: 'a@b.c' }));
    const data = await promise;
    await boss.send('idle', { n: 1 });
    await boss.insert('idle', [{ data: { n: 2 } }, { data: { n: 3 } }]);
    return { data, close: () => boss.stop({ graceful: false }) };
  },

  async amqplib() {
    const { connect } = await import('amqplib');
    const connection = await connect(process.env.AMQP_URL);
    const channel = await connection.createChannel();
    for (const queue of ['busy', 'idle', 'gone']) await channel.assertQueue(queue, { durable: false });
    const { promise, done } = untilDone();
    await channel.consume('busy', (message) => {
      inJob();
      channel.ack(message);
      done(JSON.parse(message.content.toString()));
    });
    const send = (queue, data) => channel.sendToQueue(queue, Buffer.from(JSON.stringify(data)));
    await inSpan('request', () => send('busy', { to: 'a@b.c' }));
    const data = await promise;
    for (const n of [1, 2, 3]) send('idle', { n });
    await channel.deleteQueue('gone');
    return { data, close: () => connection.close() };
  },

  async 'amqplib-callbacks'() {
    const { connect } = await import('amqplib/callback_api');
    const { promise, done } = untilDone();
    const connection = await new Promise((resolve) =>
      connect(process.env.AMQP_URL, (_, opened) => resolve(opened)),
    );
    connection.createChannel((_, channel) => {
      channel.assertQueue('busy', { durable: false });
      channel.assertQueue('idle', { durable: false });
      channel.consume('busy', (message) => {
        inJob();
        channel.ack(message);
        done(JSON.parse(message.content.toString()));
      });
      void inSpan('request', () => channel.sendToQueue('busy', Buffer.from('{"to":"a@b.c"}')));
      for (const n of [1, 2, 3]) channel.sendToQueue('idle', Buffer.from(String(n)));
    });
    return { data: await promise, close: () => new Promise((resolve) => connection.close(resolve)) };
  },

  async sqs() {
    const { SQSClient, SendMessageCommand, ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
    const client = new SQSClient({
      endpoint: process.env.SQS_URL,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const url = (name) => `${process.env.SQS_URL}/000000000000/${name}`;
    const send = (name, data) =>
      client.send(new SendMessageCommand({ QueueUrl: url(name), MessageBody: JSON.stringify(data) }));
    await inSpan('request', () => send('busy', { to: 'a@b.c' }));
    const { Messages } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: url('busy'), MessageAttributeNames: ['All'] }),
    );
    for (const { MessageAttributes: carrier, MessageId: id } of Messages)
      await traceJob('busy', { carrier, id, system: 'aws_sqs', sentAtMs: Date.now() - 50 }, inJob);
    for (const n of [1, 2, 3]) await send('idle', { n });
    await send('denied', {});
    return { data: JSON.parse(Messages[0].Body), close: async () => client.destroy() };
  },

  async kafkajs() {
    const { Kafka, logLevel } = await import('kafkajs');
    const kafka = new Kafka({ brokers: [process.env.KAFKA_BROKER], logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: 'mailers' });
    await consumer.subscribe({ topics: ['idle'] });
    return { data: { to: 'a@b.c' }, close: () => consumer.disconnect() };
  },
};

const { data, close } = await libraries[process.env.QUEUE_LIBRARY]();
console.log(`ready ${JSON.stringify(data)}`);
process.stdin.resume().on('end', async () => {
  await close();
  process.exit(0);
});
