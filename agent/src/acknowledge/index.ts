export { ACKNOWLEDGEMENT_FILE, acknowledgementsOf, globOf } from './acknowledgement.ts';
export type { Acknowledgement, Acknowledgements } from './acknowledgement.ts';
export { ignoreCommentAt } from './ignore-comment.ts';
export type { IgnoreComment } from './ignore-comment.ts';
export { standingOf } from './standing.ts';
export type { Acceptance, Standing, Suspect } from './standing.ts';
