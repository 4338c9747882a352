'use strict';
const SECRETS = {
  password: 'hunter2',
  req: { headers: { authorization: 'Bearer abcdefgh12345678', host: 'shop' } },
  url: 'https://user:pw@shop.example/pay?card=4111',
};

exports.logAll = async ({ bunyan, createLogger, pino, winston, trace }) => {
  const loggers = {
    pino: pino(),
    winston: winston.createLogger({ transports: [new winston.transports.Console()] }),
    bunyan: createLogger({ name: 'named' }),
    'bunyan-class': new bunyan({ name: 'class' }),
  };
  for (const [name, log] of Object.entries(loggers)) {
    if (name === 'winston') log.info(`${name} outside`);
    else log.info({}, `${name} outside`);
  }
  trace.getTracer('app').startActiveSpan('logging', (span) => {
    for (const [name, log] of Object.entries(loggers)) {
      if (name === 'winston') log.warn(`${name} inside`, SECRETS);
      else log.warn(SECRETS, `${name} inside`);
    }
    console.log('console inside %d', 7);
    console.error(new Error('console error'));
    loggers.pino.info('x'.repeat(40_000));
    span.end();
  });
  console.log('console outside');
};
