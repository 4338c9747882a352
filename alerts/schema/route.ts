import { z } from 'zod';
import { deliverySettings, routeName } from './notify.ts';
import { matcher } from './signal.ts';

export const routesMax = 200;
export const routeDepthMax = 5;

const settings = z.strictObject({
  name: routeName,
  /** Takes the rules of this owner. */
  owner: z.string().min(1).max(200).optional(),
  /** Takes alerts that all of these match; absent or empty: every alert. */
  match: z.array(matcher).max(20, 'has more than 20 matchers, use a regular expression').default([]),
  ...deliverySettings,
});

export interface RouteInput extends z.input<typeof settings> {
  readonly routes?: readonly RouteInput[] | undefined;
}

/** A node of the tree: settings pass down, the first child that matches decides, else the node itself. */
export interface Route extends Readonly<z.output<typeof settings>> {
  readonly routes: readonly Route[];
}

export const route: z.ZodType<Route, RouteInput> = settings.extend({
  routes: z.lazy(() => z.array(route)).default([]),
});

export const routeFile = z.strictObject({ routes: z.array(z.unknown()) });
