/**
 * `query` also takes objects that run themselves: `new Query()`, cursors, streams. They have no promise, so their own two
 * endings are listened to. False when the object is none.
 */
export function watchSubmittable(query: unknown, onEnd: (error?: unknown) => void): boolean {
  if (!isSubmittable(query)) return false;
  let isOver = false;
  const over = (error?: unknown): void => {
    if (isOver) return;
    isOver = true;
    onEnd(error);
  };
  const { handleReadyForQuery, handleError } = query;
  query.handleReadyForQuery = function (this: unknown, ...args: unknown[]) {
    over();
    return handleReadyForQuery.apply(this, args);
  };
  query.handleError = function (this: unknown, ...args: unknown[]) {
    over(args[0] ?? new Error('unknown'));
    return handleError.apply(this, args);
  };
  return true;
}

interface Submittable {
  handleReadyForQuery: (...args: unknown[]) => unknown;
  handleError: (...args: unknown[]) => unknown;
}

function isSubmittable(query: unknown): query is Submittable {
  return (
    typeof query === 'object' &&
    query !== null &&
    'handleReadyForQuery' in query &&
    typeof query.handleReadyForQuery === 'function' &&
    'handleError' in query &&
    typeof query.handleError === 'function'
  );
}
