#!/bin/sh
# Removes what the lab wrote into this folder, unless a cluster of make up or boards are there or about to be. Needs no Node.
set -eu
refuse() {
  echo "dogpile-lab: $1" >&2
  exit 64
}
if [ -e .lab/cluster.json ]; then
  refuse '.lab/cluster.json describes a cluster that may still run. Type: make down, then make clean'
fi
if [ -e .lab/boards.json ]; then
  refuse '.lab/boards.json describes boards that may still run. Type: make boards-down, then make clean'
fi
if [ -e .lab/origin.json ]; then
  pid=$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' .lab/origin.json)
  if kill -0 "$pid" 2>/dev/null; then
    refuse "make origin runs here (pid $pid). Type: kill -INT $pid, then make clean"
  fi
fi
for claim in .lab/up.lock/* .lab/boards.lock/*; do
  pid=${claim##*/}
  pid=${pid%%@*}
  # Without a claim the pattern stands for itself.
  case $pid in *[!0-9]*) continue ;; esac
  what=${claim#.lab/}
  what="make ${what%%.lock/*}"
  if kill -0 "$pid" 2>/dev/null; then
    refuse "$what, or make rehearse, is at work here (pid $pid). Wait for it. Then type: make down boards-down, then make clean"
  fi
done
rm -rf results .lab
