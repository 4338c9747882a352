import { AppLink } from './AppLink.tsx';
import type { Search } from '../lib/paths.ts';
import { paths } from '../lib/paths.ts';
import { labelText } from '../lib/alert-words.ts';

type Props = Readonly<{ labels: Readonly<Record<string, string>>; search: Search }>;

/** The group an alert is about, leading to the page that shows it. */
export function GroupLinks({ labels, search }: Props) {
  const { service, operation, queue } = labels;
  const text = Object.keys(labels).length === 1 ? Object.values(labels).join('') : labelText(labels);
  if (service !== undefined)
    return <AppLink href={paths.service(search, service, { operation })}>{text}</AppLink>;
  if (queue !== undefined) return <AppLink href={paths.queues(search)}>{text}</AppLink>;
  return <span>{text === '' ? 'everything' : text}</span>;
}
