#!/usr/bin/env bash
# Run a command again whenever it ends, until this script itself is told to stop.
# honcho stops everything when one process ends: a worker that the system kills for memory must not take the site along.
child=
stop() {
  trap - TERM INT
  kill -TERM "$child" 2>/dev/null
  wait "$child"
  exit 0
}
trap stop TERM INT
while true; do
  "$@" &
  child=$!
  wait "$child"
  echo "Ended with status $?; starting again in 2 seconds."
  sleep 2 &
  child=$!
  wait "$child"
done
