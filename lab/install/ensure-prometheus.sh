#!/bin/sh
# Makes sure of prometheus and promtool: on the PATH, else from apt: see apt-servers.sh.
set -eu
command -v prometheus >/dev/null && command -v promtool >/dev/null && exit 0
exec "${0%/*}/apt-servers.sh" --missing \
  'there is no prometheus with its promtool. Type: apt-get install prometheus, or brew install prometheus' prometheus
