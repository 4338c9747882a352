import { z } from 'zod';

export const libraryStates = ['not_hooked', 'hooked', 'off', 'not_loaded'] as const;
export const watchedLibrarySchema = z.object({
  library: z.string(),
  state: z.enum(libraryStates),
  /** null when it was not read. */
  version: z.string().nullable(),
  /** '' when there is nothing to explain. */
  reason: z.string(),
  /** One line to type or change; '' when there is nothing to mend. */
  fix: z.string(),
});
export type WatchedLibrary = z.infer<typeof watchedLibrarySchema>;

/** What processes of a service that say the same have told of themselves. */
export const doctorReportSchema = z.object({
  /** The latest of them. */
  reportedMs: z.number(),
  processes: z.number().int(),
  mainFile: z.string(),
  hosts: z.array(z.string()),
  release: z.string(),
  agentVersion: z.string(),
  nodeVersion: z.string(),
  libraries: z.array(watchedLibrarySchema),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;

/** Empty when no process of the service has our agent, or none has told of itself in the day before the end of the range. */
export const doctorSchema = z.object({ reports: z.array(doctorReportSchema) });
