import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiFailure, callApi } from '../api/client.ts';
import { useEndpoint } from '../api/use-endpoint.ts';
import { Answered } from '../components/Answered.tsx';
import { Skeleton } from '../components/States.tsx';
import { FirstRunPage } from '../features/start/FirstRunPage.tsx';
import { LoginPage } from '../features/start/LoginPage.tsx';
import { Shell } from './Shell.tsx';

const firstSpanPollMs = 2_000;
const healthPollMs = 30_000;

/** Login first where one is asked for, then the first-run page until a span has ever arrived, then the dashboard. */
export function Gate() {
  const session = useEndpoint('session', {});
  return (
    <Answered result={session} isWholePage failed="The dashboard could not start" skeleton={<Waiting />}>
      {({ isLoginRequired, isLoggedIn }) => (isLoginRequired && !isLoggedIn ? <Login /> : <Welcome />)}
    </Answered>
  );
}

function Login() {
  const client = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const logIn = async (user: string, password: string) => {
    setProblem(undefined);
    try {
      await callApi('login', { body: { user, password } });
      await client.invalidateQueries();
    } catch (error) {
      setProblem(
        error instanceof ApiFailure ? `${error.message} ${error.remedy}` : 'Logging in failed. Try again.',
      );
    }
  };
  return <LoginPage problem={problem} onLogIn={logIn} />;
}

function Welcome() {
  const [hasSpans, setHasSpans] = useState(false);
  const [hasWaited, setHasWaited] = useState(false);
  const health = useEndpoint('health', { isLive: true, everyMs: hasSpans ? healthPollMs : firstSpanPollMs });
  const isFirst = health.data !== undefined && health.data.firstSpanAtMs !== null;
  if (isFirst !== hasSpans) setHasSpans(isFirst);
  if (health.data?.firstSpanAtMs === null && !hasWaited) setHasWaited(true);
  return (
    <Answered result={health} isWholePage failed="The dashboard could not start" skeleton={<Waiting />}>
      {(data) =>
        data.firstSpanAtMs === null ? (
          <FirstRunPage health={data} />
        ) : (
          <Shell problems={data.problems} hasWaited={hasWaited} />
        )
      }
    </Answered>
  );
}

function Waiting() {
  return (
    <div className="page">
      <Skeleton rows={6} />
    </div>
  );
}
