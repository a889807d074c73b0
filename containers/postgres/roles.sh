#!/bin/sh
# Makes the portal's three roles in a new database, and gives the two that sign in their passwords. PostgreSQL's image
# runs it once, when the volume is empty; it can be run again safely, for instance after a change of passwords:
#   docker compose up -d postgres && docker compose exec postgres sh /docker-entrypoint-initdb.d/10-roles.sh
set -eu
: "${PORTAL_MIGRATE_PASSWORD:?is not set}" "${PORTAL_WEB_PASSWORD:?is not set}"
ask() { psql -X --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-portal}" "$@"; }
ask --file "${ROLES_SQL:-/portal/roles.sql}"
# From the environment, so that no password stands on a command line.
ask <<'SQL'
\getenv migrate PORTAL_MIGRATE_PASSWORD
\getenv web PORTAL_WEB_PASSWORD
ALTER ROLE portal_migrate PASSWORD :'migrate';
ALTER ROLE portal_web PASSWORD :'web';
SQL
