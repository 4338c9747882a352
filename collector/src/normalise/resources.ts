import { attributeKey, attributeText } from '../model/attribute-list.ts';
import type { AttributeList } from '../model/attribute-list.ts';
import { Hash64 } from '../model/hash64.ts';
import { NAME_BYTES_MAX, VALUE_BYTES_MAX } from '../model/limits.ts';
import type { ResourceBlock } from '../model/tables.ts';
import { permittedText } from './attribute-maps.ts';
import type { DatabaseSystem } from './database-systems.ts';
import type { NormaliseRule } from './rules.ts';

/** What every row of a resource's records needs of it. */
export interface Resource {
  readonly low: number;
  readonly high: number;
  readonly service: Uint8Array;
  readonly environment: Uint8Array;
  readonly release: Uint8Array;
  readonly language: Uint8Array;
  readonly attributes: readonly (readonly [key: string, value: string])[];
  writtenAtMs: number;
}

export const RESOURCES_MAX = 10_000;
export const REWRITE_AFTER_MS = 3_600_000;

/** Resources met lately, by the hash of their attributes in any order. */
export class Resources {
  readonly #known = new Map<string, Resource>();
  readonly #rules: ReadonlyMap<string, NormaliseRule>;
  readonly #system: DatabaseSystem;
  readonly #hash = new Hash64();
  /** Rows of the request at hand: to be written again if it is not kept. */
  #unsettled: Resource[] = [];

  constructor(rules: readonly NormaliseRule[], system: DatabaseSystem) {
    this.#rules = new Map(rules.map((rule) => [rule.from, rule]));
    this.#system = system;
  }

  find(bytes: Buffer, list: AttributeList): Resource {
    const hash = this.#hashOf(bytes, list);
    const key = `${hash.high}:${hash.low}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= RESOURCES_MAX) this.#known.clear();
    const resource = this.#describe(bytes, list, { low: hash.low, high: hash.high });
    this.#known.set(key, resource);
    return resource;
  }

  /** Adds the resource's row when it was not written lately. */
  write(block: ResourceBlock, resource: Resource, nowMs: number): void {
    if (nowMs - resource.writtenAtMs < REWRITE_AFTER_MS) return;
    resource.writtenAtMs = nowMs;
    this.#unsettled.push(resource);
    const columns = block.columns;
    columns.resource_id.pushU64(resource.low, resource.high);
    columns.service.pushAll(resource.service);
    for (const [key, value] of resource.attributes) {
      columns.attributes.items.keys.pushText(key);
      columns.attributes.items.values.pushText(value);
    }
    columns.attributes.endRow(resource.attributes.length);
    columns.seen_at.pushU32(Math.floor(nowMs / 1000));
    block.endRow();
  }

  /** Hands over what the request wrote, to be given to `forget` should it not be kept. */
  takeUnsettled(): readonly Resource[] {
    const taken = this.#unsettled;
    this.#unsettled = [];
    return taken;
  }

  forget(resources: readonly Resource[]): void {
    for (const resource of resources) resource.writtenAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Sum of the pairs' hashes: the order of attributes does not count. */
  #hashOf(bytes: Buffer, list: AttributeList): Hash64 {
    const hash = this.#hash;
    let low = list.count;
    let high = 0;
    for (let i = 0; i < list.count; i++) {
      hash.reset().add(bytes, list.keyStart[i] ?? 0, list.keyEnd[i] ?? 0);
      hash.addText(attributeText(list, bytes, i)).finish();
      low = (low + hash.low) >>> 0;
      high = (high + hash.high) >>> 0;
    }
    hash.low = low;
    hash.high = high;
    return hash.finish();
  }

  #describe(bytes: Buffer, list: AttributeList, id: { low: number; high: number }): Resource {
    const attributes: [string, string][] = [];
    for (let i = 0; i < list.count; i++) {
      const key = attributeKey(list, bytes, i);
      const rule = this.#rules.get(key);
      const text = attributeText(list, bytes, i);
      const kept =
        rule === undefined ? text : permittedText(rule.treatment, text, { key, system: this.#system });
      if (kept !== undefined) attributes.push([key, kept.slice(0, VALUE_BYTES_MAX)]);
    }
    attributes.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
    const value = (...names: readonly string[]): string => {
      for (const name of names) {
        const found = attributes.find(([key, text]) => key === name && text !== '');
        if (found !== undefined) return found[1].slice(0, NAME_BYTES_MAX);
      }
      return '';
    };
    return {
      ...id,
      service: Buffer.from(value('service.name') || 'unknown_service'),
      environment: Buffer.from(value('deployment.environment.name', 'deployment.environment')),
      release: Buffer.from(value('service.version')),
      language: Buffer.from(value('telemetry.sdk.language')),
      attributes,
      writtenAtMs: Number.NEGATIVE_INFINITY,
    };
  }
}
