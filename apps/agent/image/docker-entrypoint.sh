#!/bin/sh
# Makes a command of the image's arguments, prepares folders and configuration, and runs the agent as user consul.
#
#   agent ...         sd agent with this image's folders, before the given flags, which therefore win
#   -...              sd -...
#   members, kv ...   any other subcommand: sd members, sd kv ...
#   sh, curl ...      everything else runs as it is, as the user that the container has
#
#   CONSUL_LOCAL_CONFIG            JSON, becomes local.json in the configuration folder
#   CONSUL_BIND_INTERFACE          interface whose address becomes -bind
#   CONSUL_CLIENT_INTERFACE        interface whose address becomes -client
#   CONSUL_ALLOW_PRIVILEGED_PORTS  when not empty the agent may open ports below 1024, such as -dns-port=53
#   CONSUL_DATA_DIR, CONSUL_CONFIG_DIR   instead of /consul/data and /consul/config
#   CONSUL_DISABLE_PERM_MGMT       when not empty folders keep their owners
set -eu

data_dir=${CONSUL_DATA_DIR:-/consul/data}
config_dir=${CONSUL_CONFIG_DIR:-/consul/config}
user=consul

is_subcommand() {
  sd --help 2>&1 | awk -v word="$1" '$1 == word { found = 1 } END { exit !found }'
}

case ${1:-} in
  -*) set -- sd "$@" ;;
  agent)
    shift
    if [ -n "${CONSUL_CLIENT_INTERFACE:-}" ]; then
      address=$(interface-address.cjs "$CONSUL_CLIENT_INTERFACE")
      set -- "-client=$address" "$@"
    fi
    if [ -n "${CONSUL_BIND_INTERFACE:-}" ]; then
      address=$(interface-address.cjs "$CONSUL_BIND_INTERFACE")
      set -- "-bind=$address" "$@"
    fi
    set -- sd agent "-data-dir=$data_dir" "-config-dir=$config_dir" "$@"
    ;;
  '' | sd | consul) ;;
  *) if is_subcommand "$1"; then set -- sd "$@"; fi ;;
esac

case ${1:-} in
  sd | consul) ;;
  *) exec "$@" ;;
esac

mkdir -p "$data_dir" "$config_dir"
if [ -n "${CONSUL_LOCAL_CONFIG:-}" ]; then
  printf '%s\n' "$CONSUL_LOCAL_CONFIG" >"$config_dir/local.json"
fi

# A container that was started with --user stays that user.
if [ "$(id -u)" = 0 ]; then
  if [ -z "${CONSUL_DISABLE_PERM_MGMT:-}" ]; then
    for dir in "$data_dir" "$config_dir"; do
      if [ "$(stat -c %U "$dir")" != "$user" ]; then chown -R "$user:$user" "$dir"; fi
    done
  fi
  ports=
  if [ -n "${CONSUL_ALLOW_PRIVILEGED_PORTS:-}" ]; then
    ports='--inh-caps=+net_bind_service --ambient-caps=+net_bind_service'
  fi
  export HOME=/consul
  # shellcheck disable=SC2086 # two words or none
  set -- setpriv "--reuid=$user" "--regid=$user" --init-groups $ports "$@"
fi
exec "$@"
