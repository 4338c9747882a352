/** The oldest Node that the agent runs on: what OpenTelemetry and its module hooks need. */
const OLDEST = [22, 19] as const;

/** Why this Node is too old, with the remedy; undefined when it is not. `version` as in `process.versions.node`. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
  return `Node ${version} is too old for the agent, the app runs without it; use Node ${OLDEST.join('.')} or newer`;
}
