import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryDir } from '../../support/paths.ts';
import { launch } from '../../support/process.ts';
import type { Running } from '../../support/process.ts';
import { until } from '../../support/poll.ts';
import type { KillPoint } from './kill-points.ts';

export interface Child {
  readonly running: Running;
  readonly url: string;
}

export interface ChildOptions {
  readonly directory: string;
  readonly port: number;
  readonly kill?: { readonly point: KillPoint; readonly passes: number };
}

/** The process of `pipeline-process.ts`, not yet listening. */
export function launchChild({ directory, port, kill }: ChildOptions): Running {
  const script = join(repositoryDir, 'test/faults/support/pipeline-process.ts');
  const point = kill === undefined ? [] : [kill.point, String(kill.passes)];
  return launch({
    args: ['--conditions=nightjar-source', script, directory, String(port), ...point],
    cwd: repositoryDir,
    // The cache: a process that lives for half a second should not compile for most of it.
    env: { UV_THREADPOOL_SIZE: '16', NODE_COMPILE_CACHE: join(tmpdir(), 'nightjar-faults-compile-cache') },
  });
}

export async function startChild(options: ChildOptions): Promise<Child> {
  const running = launchChild(options);
  const ready = () => running.hasExited() || /^\d+\n/.test(running.stdout());
  await until(ready, (isReady) => isReady, { what: 'the pipeline to listen', everyMs: 20 });
  if (running.hasExited()) throw new Error(`the pipeline ended: ${running.output()}`);
  return { running, url: `http://127.0.0.1:${running.stdout().split('\n')[0]}` };
}
