import { useEndpoint } from '../../api/use-endpoint.ts';
import { AlertNav } from '../../components/AlertNav.tsx';
import { Answered } from '../../components/Answered.tsx';
import { Empty, Notice, Skeleton } from '../../components/States.tsx';
import { ChannelsTable } from './ChannelsTable.tsx';
import styles from './Channels.module.css';

export function ChannelsPage() {
  const channels = useEndpoint('channels', { isLive: true });
  return (
    <div className="page">
      <h1>Channels</h1>
      <AlertNav />
      <Answered result={channels} failed="The channels could not be read" skeleton={<Skeleton rows={4} />}>
        {(data) => (
          <>
            {data.problems.length > 0 && (
              <Notice>
                <strong>Not loaded:</strong>
                <ul className={styles['problems']}>
                  {data.problems.map(({ path, problem }) => (
                    <li key={path + problem}>
                      <code>{path}</code> {problem}
                    </li>
                  ))}
                </ul>
              </Notice>
            )}
            {data.channels.length === 0 ? (
              <Empty>No channel is set up.</Empty>
            ) : (
              <ChannelsTable channels={data.channels} />
            )}
            <p className="muted">
              Channels are written in <code>channels.yaml</code> beside the rules, their secrets in the
              environment. A test goes the whole way, over the network, to the people behind the channel.
            </p>
          </>
        )}
      </Answered>
    </div>
  );
}
