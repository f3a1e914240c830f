#!/bin/sh
# Makes sure that there are prometheus and promtool: on the PATH, else from apt where that is possible and allowed.
set -eu
command -v prometheus >/dev/null && command -v promtool >/dev/null && exit 0
if [ "${DOGPILE_INSTALL:-1}" != 0 ] && [ "$(id -u 2>/dev/null)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing prometheus with apt-get (DOGPILE_INSTALL=0 forbids this)"
  log=$(mktemp)
  if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus; } >"$log" 2>&1; then
    rm -f "$log"
    exit 0
  fi
  echo "apt-get failed: see $log" >&2
fi
echo "dogpile-lab: there is no prometheus with its promtool. Type: apt-get install prometheus, or brew install prometheus" >&2
exit 1
