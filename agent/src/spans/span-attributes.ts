import type { Attributes } from '@opentelemetry/api';
import { cleanAttributes, cleanSimpleAttributes, isAnyValue, maybeAddAttribute } from '@opentelemetry/core';

/** The specification's default, as the SDK has it: https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits */
const ATTRIBUTES_MAX = 128;
const LIMITS = { attributeCountLimit: ATTRIBUTES_MAX, attributeValueLengthLimit: Number.POSITIVE_INFINITY };

/** The attributes of one span: at most 128, only values that OTLP knows, what is left out counted. */
export class SpanAttributes {
  readonly values: Attributes = {};
  dropped = 0;
  #count = 0;

  /** Text, numbers and booleans, which nearly all values are, are taken at once; the rest goes the SDK's way. */
  set(key: string, value: unknown): void {
    if (isPlain(value) && key !== '') {
      if (!Object.hasOwn(this.values, key)) {
        if (this.#count >= ATTRIBUTES_MAX) {
          this.dropped++;
          return;
        }
        this.#count++;
      }
      this.values[key] = value;
      return;
    }
    this.#setOther(key, value);
  }

  /** At the start of a span an invalid value counts as dropped; later it does not. */
  setFirst(attributes: Attributes): void {
    for (const key of Object.keys(attributes)) {
      const value = attributes[key];
      if (value === undefined) continue;
      if (key === '' || (!isPlain(value) && !isAnyValue(value))) this.dropped++;
      else this.set(key, value);
    }
  }

  #setOther(key: string, value: unknown): void {
    const { values } = this;
    const isNew = !Object.hasOwn(values, key);
    const currentAttributesCount = this.#count;
    maybeAddAttribute({ key, value, attributes: values, limits: LIMITS, currentAttributesCount });
    if (!isNew) return;
    if (Object.hasOwn(values, key)) this.#count++;
    else if (this.#count >= ATTRIBUTES_MAX && value !== undefined && key !== '') this.dropped++;
  }
}

export interface CleanAttributes {
  readonly attributes?: Attributes;
  readonly droppedAttributesCount?: number;
}

export function eventAttributes(attributes: Attributes | undefined): CleanAttributes {
  return attributes === undefined ? {} : cleanSimpleAttributes(attributes, LIMITS);
}

export function linkAttributes(attributes: Attributes | undefined): CleanAttributes {
  return attributes === undefined ? {} : cleanAttributes(attributes, LIMITS);
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
