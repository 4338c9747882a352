import { ActionIcon } from '@mantine/core';
import type { Span } from '@nightjar/collector/contract';
import { IconFilter } from '@tabler/icons-react';
import { CopyButton } from '../../components/CopyButton.tsx';
import { webAddress } from '../../lib/paths.ts';
import { useUrlState } from '../../lib/url-state.ts';
import styles from './Waterfall.module.css';

type Props = Readonly<{ label: string; attributes: Span['attributes']; canFilter?: boolean }>;

/** Attributes by name, each with copy, and with a filter on the spans of this trace where asked for. */
export function Attributes({ label, attributes, canFilter = false }: Props) {
  const { set } = useUrlState();
  const rows = Object.entries(attributes).sort(([left], [right]) => left.localeCompare(right, 'en'));
  return (
    <table className={styles['pairs']} aria-label={label}>
      <tbody>
        {rows.map(([key, value]) => (
          <tr key={key}>
            <th scope="row">{key}</th>
            <td>
              <div className={styles['value']}>
                <Value value={value} />
                <span className={styles['actions']}>
                  {canFilter && (
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size={22}
                      title="Find spans with this value"
                      aria-label={`Find spans with this ${key}`}
                      onClick={() => set({ find: `${key}=${String(value)}` }, 'replace')}
                    >
                      <IconFilter size={14} />
                    </ActionIcon>
                  )}
                  <CopyButton text={String(value)} what={key} />
                </span>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ value }: Readonly<{ value: string | number | boolean }>) {
  const address = webAddress(value);
  if (address !== undefined) {
    return (
      <a href={address} target="_blank" rel="noopener noreferrer nofollow">
        {String(value)}
      </a>
    );
  }
  const text = String(value);
  return text.includes('\n') ? <pre>{text}</pre> : <code>{text}</code>;
}
