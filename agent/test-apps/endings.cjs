'use strict';
// A process that ends in the way it is told, in the middle of a span. It knows nothing of any agent but the API.
const { trace } = require('@opentelemetry/api');

const tracer = trace.getTracer('endings');

function inSpan(name, work) {
  tracer.startActiveSpan(name, (span) => setImmediate(() => work(span)));
}

function finished() {
  tracer.startActiveSpan('finished', (span) => span.end());
}

const stayAlive = () => setInterval(() => undefined, 1_000);
const ends = {
  throw: () =>
    inSpan('work', () => {
      inSpan('inner', () => {
        throw new TypeError('nobody catches this');
      });
    }),
  'throw-string': () =>
    inSpan('work', () => {
      throw 'a string';
    }),
  reject: () => inSpan('work', () => void Promise.reject(new RangeError('nobody awaits this'))),
  exit: () => process.exit(5),
  'exit-code': () => {
    process.exitCode = 6;
  },
  handled: () => {
    process.on('uncaughtExceptionMonitor', () => console.log('monitor'));
    process.on('uncaughtException', (error, origin) => console.log('first', error.message, origin));
    process.on('uncaughtException', () => {
      console.log('second');
      process.exit(9);
    });
    ends.throw();
  },
  survived: () => {
    process.once('uncaughtException', (error) => console.log('survived', error.message));
    inSpan('work', (span) => {
      setTimeout(() => span.end(), 20);
      throw new Error('not deadly');
    });
  },
  'reject-handled': () => {
    process.on('unhandledRejection', (reason) => console.log('handled', reason.message));
    ends.reject();
  },
  'handler-throws': () => {
    process.on('uncaughtException', () => {
      throw new Error('from the handler');
    });
    ends.throw();
  },
  'thrown-getter': () =>
    setImmediate(() => {
      throw Object.defineProperty(new Error('x'), 'message', {
        get: () => {
          throw new Error('unreadable');
        },
      });
    }),
  signal: () => {
    stayAlive();
    console.log('ready');
  },
  'signal-counted': () => {
    // As signal-exit does: it raises the signal again only when nobody but itself listens.
    process.on('SIGTERM', function listener() {
      console.log('listeners', process.listenerCount('SIGTERM'));
      process.off('SIGTERM', listener);
      if (process.listenerCount('SIGTERM') <= 1) process.kill(process.pid, 'SIGTERM');
    });
    ends.signal();
  },
  'signal-exit': () => {
    process.once('SIGTERM', () => process.exit(3));
    ends.signal();
  },
  request: () => {
    const { createServer, get } = require('node:http');
    const server = createServer(() => {
      setTimeout(() => {
        throw new TypeError('nobody catches this');
      }, 5);
    });
    server.listen(0, '127.0.0.1', () => get(`http://127.0.0.1:${server.address().port}/orders`));
  },
  thread: () => {
    const { Worker } = require('node:worker_threads');
    const worker = new Worker(__filename, { argv: ['throw'] });
    worker.on('error', (error) => console.log('thread error', error.message));
    worker.on('exit', (code) => console.log('thread exit', code));
  },
};

finished();
ends[process.argv[2]]();
