import { Tabs } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { AppLink } from '../../components/AppLink.tsx';
import { ServiceName } from '../../components/ServiceName.tsx';
import { Skeleton } from '../../components/States.tsx';
import { paths } from '../../lib/paths.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { DoctorTab } from './DoctorTab.tsx';
import { FindingsTab } from './FindingsTab.tsx';
import { OperationsTab } from './OperationsTab.tsx';
import { ServiceCharts } from './ServiceCharts.tsx';
import { StatementsTab } from './StatementsTab.tsx';
import { StateSentence } from './StateSentence.tsx';
import styles from './Service.module.css';

const tabs = ['operations', 'findings', 'statements', 'doctor'] as const;

export function ServicePage() {
  const { service = '' } = useParams({ strict: false });
  const { search, set } = useUrlState();
  const { query, isLive } = useRangeState();
  const operation = search['operation'];
  const detail = useEndpoint('service', {
    params: { service },
    query: operation === undefined ? query : { ...query, operation },
    isLive,
  });
  const tab = tabs.find((one) => one === search['tab']) ?? 'operations';
  const about =
    detail.data === undefined ? '' : [detail.data.language, ...detail.data.environments].join(' · ');
  return (
    <div className="page">
      <div className="page-head">
        <h1>
          <ServiceName name={service} />
        </h1>
        <span className="muted">{about}</span>
        <span className="fill" />
        <AppLink href={paths.traces(search, { service, operation })}>Traces</AppLink>
        <AppLink href={paths.logs(search, { service })}>Logs</AppLink>
      </div>
      <Answered
        result={detail}
        failed="The service could not be read"
        skeleton={<Skeleton rows={4} height={176} />}
      >
        {(data) => (
          <>
            <StateSentence
              detail={data}
              nowMs={detail.dataUpdatedAt}
              operation={operation}
              onClear={() => set({ operation: undefined })}
            />
            <ServiceCharts detail={data} operation={operation} />
          </>
        )}
      </Answered>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) =>
          set({ tab: next === 'operations' ? undefined : (next ?? undefined), sort: undefined })
        }
      >
        <Tabs.List className={styles['tabs']}>
          <Tabs.Tab value="operations">Operations</Tabs.Tab>
          <Tabs.Tab value="findings">Findings</Tabs.Tab>
          <Tabs.Tab value="statements">Statements</Tabs.Tab>
          <Tabs.Tab value="doctor">Doctor</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="operations" pt={12}>
          <OperationsTab service={service} chosen={operation} />
        </Tabs.Panel>
        <Tabs.Panel value="findings" pt={12}>
          <FindingsTab service={service} operation={operation} />
        </Tabs.Panel>
        <Tabs.Panel value="statements" pt={12}>
          <StatementsTab service={service} />
        </Tabs.Panel>
        <Tabs.Panel value="doctor" pt={12}>
          <DoctorTab service={service} language={detail.data?.language ?? ''} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
