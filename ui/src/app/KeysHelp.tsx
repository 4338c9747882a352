import { Modal } from '@mantine/core';
import { pages } from './pages.ts';
import styles from './KeysHelp.module.css';

const sections = [
  {
    title: 'Anywhere',
    keys: [
      ['/', 'Search'],
      ['d', 'Choose the time range'],
      ['l', 'Live or paused'],
      ['?', 'These keys'],
      ...pages.map(({ key, label }) => [`g ${key}`, `Go to ${label.toLowerCase()}`]),
    ],
  },
  {
    title: 'In a trace',
    keys: [
      ['j  k', 'Next, previous row'],
      ['f  b', 'Next, previous match, error or finding'],
      ['[  ]', 'Collapse, expand one level'],
      ['z', 'Zoom to the row'],
      ['Enter', 'Expand or collapse the row'],
      ['Esc', 'Close the panel'],
    ],
  },
] as const;

export function KeysHelp({ isOpen, onClose }: Readonly<{ isOpen: boolean; onClose: () => void }>) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Keys"
      size={560}
      transitionProps={{ duration: 120, transition: 'fade' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={styles['sections']}>
        {sections.map(({ title, keys }) => (
          <section key={title}>
            <h2>{title}</h2>
            <dl className={styles['keys']}>
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
