// A cluster with one worker, which has one thread and starts the agent again.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { Worker, isMainThread } from 'node:worker_threads';

if (cluster.isPrimary) {
  const worker = cluster.fork();
  worker.on('message', (url) => console.log(`ready ${url}`));
  worker.on('exit', (code) => {
    process.exitCode = code;
  });
  process.stdin.resume().on('end', () => worker.disconnect());
} else if (isMainThread) {
  const { start } = await import('@nightjar/agent');
  const isSame = start() === start();
  await new Promise((resolve) => {
    new Worker('setTimeout(() => {}, 10)', { eval: true }).on('exit', resolve);
  });
  const server = createServer((request, response) => response.end(String(isSame)));
  server.keepAliveTimeout = 1;
  server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}`));
}
