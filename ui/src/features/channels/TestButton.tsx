import { Button } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import type { ChannelTest } from '@nightjar/collector/contract';
import { useChange } from '../../api/use-change.ts';
import { Tag } from '../../components/Tag.tsx';
import { quantityText } from '../../lib/quantity.ts';
import styles from './Channels.module.css';

/** Sends one message, marked as a test, and says what came of it. */
export function TestButton({ name }: Readonly<{ name: string }>) {
  const test = useChange('testChannel');
  const [result, setResult] = useState<ChannelTest>();
  const send = async () => {
    setResult(undefined);
    setResult(await test.run({ params: { name } }));
  };
  return (
    <div className={styles['test']}>
      <Button
        size="compact-xs"
        variant="default"
        loading={test.isRunning}
        leftSection={<IconSend size={13} aria-hidden />}
        onClick={() => void send()}
      >
        Send a test
      </Button>
      <span role="status">
        {result !== undefined && <Result result={result} />}
        {test.failure !== undefined && <Tag tone="critical">{test.failure.message}</Tag>}
      </span>
    </div>
  );
}

function Result({ result }: Readonly<{ result: ChannelTest }>) {
  const { outcome, status, reason, tookMs } = result;
  const took = quantityText('duration', tookMs);
  if (outcome === 'delivered') return <Tag tone="ok">delivered in {took}</Tag>;
  return (
    <>
      <Tag tone="critical">failed after {took}</Tag> {status !== null && `status ${status} `}
      {reason}
    </>
  );
}
