/** Ends as a server does that lets its last answers go out. */
process.once('SIGTERM', () => setTimeout(() => process.exit(0), 300));
