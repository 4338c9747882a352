import { z } from 'zod';
import { duration, positiveDuration } from './duration.ts';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,79}$/, 'must be 1 to 80 of a-z 0-9 _ . - and begin with a letter or digit');

export const repeatDefault = '4h';
export const groupWaitDefault = '10s';
export const groupIntervalDefault = '1m';
export const maxListedDefault = 20;

/** How people are told. What a rule leaves out its route says, and what that leaves out the defaults above. */
const delivery = {
  /** Names of channels; absent: those of the route, else every channel the process was given. */
  channels: z.array(name).min(1).max(50).optional(),
  /** One message for all alerts with the same values of these; [] is one for all. Absent: a message an alert. */
  groupBy: z.array(z.string().min(1)).max(10).optional(),
  /** A new group waits so long for others of its kind. */
  groupWait: duration.optional(),
  /** Changes of a group are told at most this often. */
  groupInterval: positiveDuration.optional(),
  repeat: z.union([z.literal('never'), positiveDuration]).optional(),
  /** always: also through a silence of mode mute_all. */
  sendResolved: z.union([z.boolean(), z.literal('always')]).optional(),
  /** Alerts that a message of a group names; the others are a number. */
  maxListed: z.number().int().min(1).max(100).optional(),
};

export const notify = z.strictObject({
  /** The route to take, whatever its matchers say. */
  route: name.optional(),
  ...delivery,
});
export type Notify = Readonly<z.infer<typeof notify>>;
export const routeName = name;
export const deliverySettings = delivery;
