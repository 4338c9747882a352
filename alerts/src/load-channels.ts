import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { guardAddress, literalProblem, targetOf } from './channels/guarded-address.ts';
import type { Resolve } from './channels/guarded-address.ts';
import type { Target, TargetPolicy } from './channels/target-policy.ts';
import { channelFile, channelSchema, explainIssues } from '../schema/index.ts';
import type { ChannelConfig, ReadSecret } from '../schema/index.ts';

/** Beside the rules; not read as rules. */
export const channelsFileName = 'channels.yaml';
export const channelsMax = 50;
export const channelsFileBytesMax = 200_000;

export interface ChannelProblem {
  readonly file: string;
  /** The channel's name, or where it stands in the file; absent when it is the file itself. */
  readonly channel?: string;
  /** `path: problem, remedy`. Never holds a secret. */
  readonly message: string;
}

export interface LoadedChannels {
  readonly channels: readonly ChannelConfig[];
  readonly problems: readonly ChannelProblem[];
  /** The channel that is told what another has lost. */
  readonly fallback?: string;
}

export interface ChannelSource {
  readonly readSecret: ReadSecret;
  /** Names that are taken already, such as that of the log. */
  readonly reserved: readonly string[];
  /** Refuses addresses that no message could be sent to; absent: they are refused at the first message. */
  readonly policy?: TargetPolicy;
  /** Looks names up, so that one that leads inside is refused at once; a name that cannot be looked up is not. */
  readonly resolve?: Resolve;
}

/** A name that is not looked up in this time is judged at the first message. */
export const lookUpTimeoutMs = 2_000;

/** Reads `channels.yaml` of the folder; no file is no channels. What is wrong is returned, the rest loads. */
export async function loadChannels(dir: string, source: ChannelSource): Promise<LoadedChannels> {
  try {
    const bytes = await readFile(path.join(dir, channelsFileName));
    if (bytes.length <= channelsFileBytesMax)
      return checkFallback(await judgeNames(parseChannels(bytes.toString('utf8'), source), source));
    return fileProblem(`larger than ${channelsFileBytesMax} bytes, a channel needs a few lines`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT') return { channels: [], problems: [] };
    return fileProblem(`cannot be read (${code}), check its permissions`);
  }
}

export function parseChannels(text: string, source: ChannelSource): LoadedChannels {
  const document = parseDocument(text, { prettyErrors: false });
  const broken = document.errors[0];
  // YAML's own words quote the line, which may hold a secret that somebody wrote out.
  if (broken !== undefined)
    return fileProblem(`not valid YAML (${broken.code} at character ${broken.pos[0]}), correct it`);
  const content = channelFile.safeParse(toPlain(document));
  if (!content.success)
    return fileProblem(
      'does not hold one list named channels, write channels: and a list, and fallback: and a name if you like',
    );
  const schema = channelSchema(source.readSecret);
  const taken = new Set(source.reserved);
  const channels: ChannelConfig[] = [];
  const problems: ChannelProblem[] = [];
  content.data.channels.forEach((entry, index) => {
    const parsed = schema.safeParse(entry);
    const refuse = (channel: string, message: string) =>
      problems.push({ file: channelsFileName, channel, message });
    if (!parsed.success) {
      const channel = `channels.${index}`;
      for (const message of explainIssues(parsed.error, 'channel')) refuse(channel, message);
      return;
    }
    const { name } = parsed.data;
    const unreachable = targetProblem(parsed.data, source.policy);
    if (unreachable !== undefined) {
      refuse(name, unreachable);
      return;
    }
    if (taken.has(name)) refuse(name, `name: ${name} is taken, choose another`);
    else if (channels.length >= channelsMax)
      refuse(name, `channel: there are more than ${channelsMax} channels, remove some`);
    else {
      taken.add(name);
      channels.push(parsed.data);
    }
  });
  const { fallback } = content.data;
  return { channels, problems, ...(fallback === undefined ? {} : { fallback }) };
}

/** A fallback must be able to tell people: one that does not open here, or takes heartbeats only, is none. */
function checkFallback(loaded: LoadedChannels): LoadedChannels {
  const { fallback, ...rest } = loaded;
  if (fallback === undefined) return loaded;
  const config = loaded.channels.find(({ name }) => name === fallback);
  if (config !== undefined && (!('alerts' in config) || config.alerts !== false)) return loaded;
  const message = `fallback: there is no channel ${fallback.slice(0, 80)} here that takes alerts, name one`;
  return { ...rest, problems: [...loaded.problems, { file: channelsFileName, message }] };
}

// What is written out can be judged without asking anybody.
function targetProblem(config: ChannelConfig, policy: TargetPolicy | undefined): string | undefined {
  const target = targetIn(config);
  if (policy === undefined || target === undefined) return undefined;
  const problem = literalProblem(target, policy);
  return problem === undefined ? undefined : `${fieldOf(config)}: ${problem}`;
}

async function judgeNames(loaded: LoadedChannels, source: ChannelSource): Promise<LoadedChannels> {
  const { policy, resolve } = source;
  if (policy === undefined || resolve === undefined) return loaded;
  const judged = await Promise.all(
    loaded.channels.map(async (config) => {
      const target = targetIn(config);
      const guarded =
        target === undefined ? undefined : await inTime(guardAddress(target, { policy, resolve }));
      return { config, refusal: guarded?.kind === 'refused' ? guarded.reason : undefined };
    }),
  );
  return {
    ...loaded,
    channels: judged.filter(({ refusal }) => refusal === undefined).map(({ config }) => config),
    problems: [
      ...loaded.problems,
      ...judged.flatMap(({ config, refusal }) =>
        refusal === undefined
          ? []
          : [{ file: channelsFileName, channel: config.name, message: `${fieldOf(config)}: ${refusal}` }],
      ),
    ],
  };
}

async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), lookUpTimeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function targetIn(config: ChannelConfig): Target | undefined {
  if (config.kind === 'log') return undefined;
  return config.kind === 'email' ? { host: config.host, port: config.port } : targetOf(new URL(config.url));
}

function fieldOf({ kind }: ChannelConfig): string {
  return kind === 'email' ? 'host' : 'url';
}

function fileProblem(message: string): LoadedChannels {
  return { channels: [], problems: [{ file: channelsFileName, message: `file: ${message}` }] };
}

// Alias bombs throw here; maxAliasCount keeps its default of 100.
function toPlain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}
