#!/bin/sh
# rotate-logs.sh FOLDER BYTES SECONDS: every so many seconds, keeps a copy of each log in the folder that is larger than so
# many bytes, in place of the last copy, and empties the log. Its writer goes on: it appends to the same file.
set -u
folder=$1 bytes=$2 seconds=$3
trap 'exit 0' INT TERM
while :; do
  for log in "$folder"/*.log; do
    [ -f "$log" ] && [ "$(wc -c <"$log")" -gt "$bytes" ] && cp "$log" "$log.1" && : >"$log"
  done
  # Unlike a sleep in the foreground, a wait ends at a signal.
  sleep "$seconds" &
  wait $!
done
