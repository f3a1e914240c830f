/**
 * Why tests of a server cannot be run here, from the status and the words of the script that makes sure of it; false where
 * they can. Where LAB_REQUIRE_SERVERS=1, as in `.ci/run`, they are run all the same, and so are red.
 */
export function whyWithout(
  { status, stderr }: { readonly status: number | null; readonly stderr: string },
  { LAB_REQUIRE_SERVERS: required }: NodeJS.ProcessEnv = process.env,
): string | false {
  return status === 0 || required === '1' ? false : stderr.trim() || `ended with ${status}`;
}
