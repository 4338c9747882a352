import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';

type Props = Readonly<{
  href: string;
  children: ReactNode;
  className?: string | undefined;
  title?: string | undefined;
  isCurrent?: boolean;
  label?: string;
}>;

/** A link inside the dashboard: a real address that opens in a new tab when asked to, without a reload when not. */
export function AppLink({ href, children, className, title, isCurrent = false, label }: Props) {
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain || event.defaultPrevented) return;
    event.preventDefault();
    router.history.push(href);
  };
  return (
    <a
      href={href}
      onClick={follow}
      className={className}
      title={title}
      aria-label={label}
      aria-current={isCurrent ? 'page' : undefined}
    >
      {children}
    </a>
  );
}
