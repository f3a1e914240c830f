/**
 * The form of a key, the same in every part: HTTP, the origin, the strategies, the store and the records. ASCII alone, so that
 * no two spellings look alike and a path or a channel has one encoding. No key is dots alone, since clients and proxies
 * take `..` out of a path before they send it.
 */
export const KEY_FORM = /^(?!\.+$)[\w.:-]{1,128}$/;

/** Says which keys there are. */
export const KEY_RULE =
  'a key has 1 to 128 characters, each an ASCII letter, a digit, or one of _ . : - and is not dots alone';

export const isKey = (text: string): boolean => KEY_FORM.test(text);
