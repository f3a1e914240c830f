#!/bin/sh
# Makes sure of the browser that opens the boards: of the command given. Without one, of chromium, which it installs from
# apt if need be: see apt-servers.sh.
set -eu
browser=${1:-chromium}
command -v "$browser" >/dev/null && exit 0
if [ "$browser" != chromium ]; then
  echo "dogpile-lab: CHROMIUM=$browser is no command here. Allowed: a Chromium or Chrome. Type: make boards-check CHROMIUM=chromium" >&2
  exit 64
fi
# Without a font, screenshots have no text.
exec "${0%/*}/apt-servers.sh" --missing \
  'there is no chromium. Type: apt-get install chromium, or make boards-check CHROMIUM=…' chromium fonts-dejavu-core
