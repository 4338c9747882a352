import { BARE } from './contenders.ts';
import type { Report } from './run.ts';
import type { AgainstBest } from './summary.ts';

/** The report as a page shows it. */
export function markdownOf(report: Report): string {
  const names = report.routes.map(({ name }) => name);
  const head = [
    'agent',
    'version',
    ...names.flatMap((name) => [`${name}: CPU-µs`, 'added', 'added in user space', 'p50 ms', 'p99 ms']),
    'RSS MB',
    'added',
    'start ms',
    'bytes sent a request',
  ];
  const rows = report.agents.map((agent) => [
    agent.name,
    agent.version,
    ...names.flatMap((name) => {
      const row = agent.routes[name];
      const added = agent.name === BARE ? '' : signed(row?.addedCpuUs);
      const user = agent.name === BARE ? '' : signed(row?.addedUserUs);
      return [shown(row?.cpuUs), added, user, shown(row?.p50Ms), shown(row?.p99Ms)];
    }),
    shown(agent.rssMb),
    agent.name === BARE ? '' : signed(agent.addedRssMb),
    shown(agent.startMs),
    agent.name === BARE ? '' : shown(agent.sentBytesPerRequest),
  ]);
  const lines = [head, head.map((_, column) => (column < 2 ? '---' : '---:')), ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  const verdicts = report.routes.flatMap(({ name, best, bestOfUser }) => [
    ...verdict(name, { best, of: 'CPU' }),
    ...verdict(name, { best: bestOfUser, of: 'user CPU' }),
  ]);
  const about = `${report.date}, ${report.machine}, Node ${report.node}, ${report.rounds} rounds, app ${
    report.isPinned ? 'pinned to one core' : 'not pinned'
  }: \`${report.command}\``;
  return [about, '', ...lines, '', ...verdicts].join('\n');
}

function shown(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

function signed(value: number | undefined): string {
  return value === undefined ? '' : value < 0 ? String(value) : `+${value}`;
}

function verdict(
  route: string,
  { best, of }: { best: AgainstBest | undefined; of: string },
): readonly string[] {
  return best === undefined
    ? []
    : [`- ${route}: Nightjar adds ${best.ratio} of the ${of} that ${best.peer} adds.`];
}
