#!/bin/sh
# Healthy is an agent whose HTTP API answers, whatever it says. A missing leader does not count: an orchestrator that restarts
# unhealthy containers would otherwise restart every server just when they lack a majority.
# CONSUL_HTTP_ADDR says where to ask when the agent does not listen on its usual address.
set -eu

address=${CONSUL_HTTP_ADDR:-}
if [ -z "$address" ]; then
  host=127.0.0.1
  if [ -n "${CONSUL_CLIENT_INTERFACE:-}" ]; then host=$(interface-address.cjs "$CONSUL_CLIENT_INTERFACE"); fi
  case $host in *:*) host="[$host]" ;; esac
  address=http://$host:8500
fi
socket=
case $address in
  unix://*) socket=${address#unix://} address=http://localhost ;;
  *://*) ;;
  *) address=http://$address ;;
esac
# -k: the certificate matters to those who talk to this agent from outside.
exec curl -sk -o /dev/null -m 4 ${socket:+--unix-socket "$socket"} "$address/v1/status/leader"
