import type { Settings } from '../settings.ts';

/** How a run's service is asked for a key. */
export interface Asking {
  /** Gives the path of a key. */
  path(key: string): string;
  readonly headers: Readonly<Record<string, string>>;
  readonly versionAt: VersionAt;
}

/** Where an answer has its version: in a header, or at a place in its JSON, one step of the way after the other. */
export type VersionAt = { readonly header: string } | { readonly steps: readonly string[] };

/** Is thrown for a setting of a service that cannot be read. The message is one line. */
export class InvalidAsking extends Error {
  override readonly name = 'InvalidAsking';
  constructor(what: string, allowed: string, type: string) {
    super(`${what}. Allowed: ${allowed}. Type: ${type}`);
  }
}

/** Says how a service is asked under these settings. Throws {@link InvalidAsking} at the first that is wrong. */
export function askingOf(settings: Pick<Settings, 'keyPath' | 'headers' | 'versionAt'>): Asking {
  const parts = keyPathFrom(settings.keyPath);
  return {
    path: (key) => parts.join(encodeURIComponent(key)),
    headers: headersFrom(settings.headers),
    versionAt: versionAtFrom(settings.versionAt),
  };
}

const KEY = ':key';

/** Gives what is around each key. */
function keyPathFrom(text: string): readonly string[] {
  if (/^\/[\x21-\x7e]*$/.test(text) && !text.includes('#') && text.includes(KEY)) return text.split(KEY);
  throw new InvalidAsking(
    `KEY_PATH=${text} is not the path of a key`,
    `a path that begins with / and has ${KEY}`,
    `KEY_PATH=/price/${KEY}`,
  );
}

/** A semicolon ends a header only before the name of the next one, since many values have semicolons. */
const BETWEEN_HEADERS = /[;\r\n]+\s*(?=[\w!#$%&'*+.^`|~-]+:\s|$)/;
const HEADER = /^([\w!#$%&'*+.^`|~-]+):\s+([\x20-\x7e]+)$/;
/** These decide how a connection is used, which is the herd's to say. */
const OF_CONNECTION = /^(connection|keep-alive|content-length|transfer-encoding|upgrade|expect|te|trailer)$/i;

function headersFrom(text: string | null): Record<string, string> {
  const headers: Record<string, string> = {};
  const parts = (text ?? '').trim().split(BETWEEN_HEADERS);
  for (const part of parts.map((one) => one.trim()).filter(Boolean)) {
    const [, name = '', value = ''] = HEADER.exec(part) ?? [];
    const refuse = (what: string) =>
      new InvalidAsking(
        `HEADERS: ${what}`,
        'Name: value, several of them separated by semicolons',
        "HEADERS='Authorization: Bearer abc; X-Tenant: 7'",
      );
    // The value may be a secret.
    if (!name)
      throw refuse(`${/^[^\s:]*/.exec(part)?.[0] || 'a value without a name'} is no header with a value`);
    if (OF_CONNECTION.test(name)) throw refuse(`${name} is the herd's own`);
    if (Object.hasOwn(headers, name)) throw refuse(`${name} is there twice`);
    headers[name] = value.trim();
  }
  return headers;
}

/** Gives the settings as a run's folder may have them: the names of the headers without their values, which may be secrets. */
export const withoutSecrets = (settings: Settings): Settings =>
  settings.headers === null ? settings : { ...settings, headers: namesOnly(settings.headers) };

/** Writes headers without their values. Throws {@link InvalidAsking} if they cannot be read. */
export const namesOnly = (headers: string): string =>
  Object.keys(headersFrom(headers))
    .map((name) => `${name}: …`)
    .join('; ');

function versionAtFrom(text: string): VersionAt {
  const [, header] = /^header:([\w!#$%&'*+.^`|~-]+)$/.exec(text) ?? [];
  if (header) return { header: header.toLowerCase() };
  // RFC 6901: ~1 stands for a slash, ~0 for a tilde.
  if (/^(\/([^~/]|~[01])*)+$/.test(text))
    return {
      steps: text
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
    };
  throw new InvalidAsking(
    `VERSION_AT=${text} is no place in an answer`,
    'a JSON pointer such as /version or /data/0/version, or header:Name',
    'VERSION_AT=/version',
  );
}
