import { AppLink } from '../components/AppLink.tsx';
import { paths } from '../lib/paths.ts';
import { useUrlState } from '../lib/url-state.ts';

export function NotFoundPage() {
  const { search } = useUrlState();
  return (
    <div className="page">
      <h1>No such page</h1>
      <p>
        The address may be old or mistyped. <AppLink href={paths.services(search)}>Go to services</AppLink>
      </p>
    </div>
  );
}
