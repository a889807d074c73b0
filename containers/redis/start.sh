#!/bin/sh
# Starts Redis with the password from the environment: over its standard input, so that no command line shows it.
set -eu
: "${REDIS_PASSWORD:?is not set}"
exec "${REDIS_SERVER:-redis-server}" "${REDIS_CONF:-/portal/redis.conf}" - <<EOF
requirepass $REDIS_PASSWORD
EOF
