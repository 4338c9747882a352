import { Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { Search } from '../lib/paths.ts';
import type { Hit } from './search-hits.ts';
import { searchHits } from './search-hits.ts';
import styles from './SearchPalette.module.css';

type Props = Readonly<{
  isOpen: boolean;
  onClose: () => void;
  services: readonly string[];
  search: Search;
  onChoose: (href: string) => void;
}>;

export function SearchPalette({ isOpen, onClose, ...rest }: Props) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      withCloseButton={false}
      title={<span className="visually-hidden">Search</span>}
      padding={0}
      size={560}
      yOffset={80}
      transitionProps={{ duration: 120, transition: 'fade' }}
      classNames={{ header: styles['header'] ?? '' }}
    >
      <Finder {...rest} onClose={onClose} />
    </Modal>
  );
}

function Finder({ services, search, onChoose, onClose }: Omit<Props, 'isOpen'>) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const hits = searchHits(text, services, search);
  const chosen = Math.min(at, hits.length - 1);
  const choose = (hit: Hit | undefined) => {
    if (hit === undefined) return;
    onClose();
    onChoose(hit.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => setAt((chosen + 1) % hits.length),
      ArrowUp: () => setAt((chosen + hits.length - 1) % hits.length),
      Enter: () => choose(hits[chosen]),
    };
    const move = moves[event.key];
    if (move === undefined || hits.length === 0) return;
    event.preventDefault();
    move();
  };
  return (
    <div className={styles['finder']}>
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        aria-label="Search"
        placeholder="A service, a page, a trace id, or words in a log"
        value={text}
        role="combobox"
        aria-expanded
        aria-controls="search-hits"
        aria-activedescendant={`search-hit-${chosen}`}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <ul id="search-hits" className={styles['hits']} role="listbox" aria-label="Results">
        {hits.map((hit, index) => (
          <li key={hit.href} id={`search-hit-${index}`} role="option" aria-selected={index === chosen}>
            <button type="button" tabIndex={-1} onClick={() => choose(hit)} onMouseMove={() => setAt(index)}>
              <span className="fill">{hit.label}</span>
              <span className="muted">{hit.what}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
