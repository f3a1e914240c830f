/** The services that read a setting from their environment. `member`: a replica or a refresher. */
export type Service = 'member' | 'origin' | 'relay';

/** The environment variable of a setting, and the services that read it. */
export interface ServiceVariable<V extends string, S extends Service> {
  readonly name: V;
  readonly services: readonly S[];
}
type AnyVariable = ServiceVariable<string, Service> | undefined;

/** The groups of parameters in help and docs. */
export type Group =
  | 'The key and its origin'
  | 'The strategy'
  | 'The load'
  | 'Redis'
  | 'A proxy in front'
  | 'Your own service'
  | 'What breaks'
  | 'The run'
  | 'The boards';

/** One parameter. `name` is its make variable; the flag and the `DOGPILE_` name follow from it. */
interface Base<N extends string, T, V> {
  readonly name: N;
  readonly preset: T;
  /** Its line of help: what it decides, without its range. */
  readonly about: string;
  readonly variable: V;
}

/** A duration in ms, a whole number, or any number, from `least` to `most`. */
export interface Amount<N extends string = string, V = AnyVariable> extends Base<N, number, V> {
  readonly kind: 'duration' | 'whole' | 'number';
  readonly least: number;
  readonly most: number;
}

/** A duration in ms, or nothing, the default. */
export interface OptionalDuration<N extends string = string, V = AnyVariable>
  extends Base<N, number | null, V> {
  readonly kind: 'optional duration';
  readonly least: number;
  readonly most: number;
}

/** One of several words; null is written `none`. Without `options` a registry elsewhere lists the words. */
export interface Choice<N extends string = string, T = string | null, V = AnyVariable> extends Base<N, T, V> {
  readonly kind: 'choice';
  readonly options?: readonly string[];
  /** Whether two of them, joined by {@link AND}, are allowed as well. */
  readonly pairs?: true;
}

export interface Switch<N extends string = string, V = AnyVariable> extends Base<N, boolean, V> {
  readonly kind: 'switch';
}

/** Any text that its command understands. `what` says what it is, for help, docs and errors. */
export interface Text<N extends string = string, V = AnyVariable> extends Base<N, string, V> {
  readonly kind: 'text';
  readonly what: string;
}

/** Any text that its command understands, or nothing, the default. */
export interface OptionalText<N extends string = string, V = AnyVariable> extends Base<N, string | null, V> {
  readonly kind: 'optional text';
  readonly what: string;
}

export type SettingEntry = Amount | OptionalDuration | Choice | Switch | Text | OptionalText;

/** Joins two words of a choice that takes pairs. */
export const AND = '+';

/** The word for a choice of nothing. */
export const NONE = 'none';

export const member = <const V extends string>(name: V): ServiceVariable<V, 'member'> => ({
  name,
  services: ['member'],
});
export const origin = <const V extends string>(name: V): ServiceVariable<V, 'origin'> => ({
  name,
  services: ['origin'],
});
export const everyService = <const V extends string>(name: V): ServiceVariable<V, Service> => ({
  name,
  services: ['member', 'origin', 'relay'],
});

type Range = readonly [least: number, most: number];

const amount =
  (kind: Amount['kind']) =>
  <const N extends string, V extends AnyVariable = undefined>(
    name: N,
    preset: number,
    [least, most]: Range,
    about: string,
    variable?: V,
  ): Amount<N, V> => ({ kind, name, preset, least, most, about, variable: variable as V });

/** Describes a duration, in ms. */
export const duration = amount('duration');
/** Describes a whole number. */
export const whole = amount('whole');
/** Describes a number that may have a fraction. */
export const number = amount('number');

/** Describes a duration, in ms, or nothing, the default. */
export const optionalDuration = <const N extends string>(
  name: N,
  [least, most]: Range,
  about: string,
): OptionalDuration<N, undefined> => ({
  kind: 'optional duration',
  name,
  preset: null,
  least,
  most,
  about,
  variable: undefined,
});

/** Describes a choice among these words. */
export const choice = <const N extends string, const T extends string, V extends AnyVariable = undefined>(
  name: N,
  preset: NoInfer<T>,
  options: readonly T[],
  about: string,
  variable?: V,
): Choice<N, T, V> => ({ kind: 'choice', name, preset, options, about, variable: variable as V });

/** Describes a choice among the names of a registry. */
export const registryChoice = <const N extends string, V extends AnyVariable = undefined>(
  name: N,
  preset: string,
  about: string,
  variable?: V,
): Choice<N, string, V> => ({ kind: 'choice', name, preset, about, variable: variable as V });

/** Describes a choice among the names of a registry, or of nothing, the default. */
export const optionalChoice = <const N extends string, V extends AnyVariable = undefined>(
  name: N,
  about: string,
  variable?: V,
): Choice<N, string | null, V> => ({ kind: 'choice', name, preset: null, about, variable: variable as V });

/** Describes a choice of one or two names of a registry, or of nothing, the default. */
export const optionalPair = <const N extends string>(
  name: N,
  about: string,
): Choice<N, string | null, undefined> => ({ ...optionalChoice(name, about), pairs: true });

/** Describes a choice among these words, or of nothing, the default. */
export const optionalOneOf = <const N extends string, const T extends string>(
  name: N,
  options: readonly T[],
  about: string,
): Choice<N, T | null, undefined> => ({
  kind: 'choice',
  name,
  preset: null,
  options: [NONE, ...options],
  about,
  variable: undefined,
});

/** Describes what is on or off. */
export const onOff = <const N extends string, V extends AnyVariable = undefined>(
  name: N,
  preset: boolean,
  about: string,
  variable?: V,
): Switch<N, V> => ({ kind: 'switch', name, preset, about, variable: variable as V });

/** Describes a text. */
export const text = <const N extends string>(
  name: N,
  preset: string,
  what: string,
  about: string,
): Text<N, undefined> => ({ kind: 'text', name, preset, what, about, variable: undefined });

/** Describes a text, or nothing, the default. */
export const optionalText = <const N extends string>(
  name: N,
  what: string,
  about: string,
): OptionalText<N, undefined> => ({
  kind: 'optional text',
  name,
  preset: null,
  what,
  about,
  variable: undefined,
});

/** Puts parameters into a group of help and docs. */
export const inGroup = <E extends Readonly<Record<string, object>>>(group: Group, entries: E) =>
  Object.fromEntries(
    Object.entries(entries).map(([field, entry]) => [field, { ...entry, group }]),
  ) as unknown as { readonly [F in keyof E]: E[F] & { readonly group: Group } };
