#!/bin/sh
# Builds the image and looks inside: who runs, what is missing on purpose, and whether the web process answers.
#
#   sh containers/check.sh [arguments for the build]
#
# It needs buildah, as root or with user namespaces, and no container engine. IMAGE=portal:1.0 looks into an image that
# is there already. With DATABASE_URL, MIGRATE_DATABASE_URL and REDIS_URL of empty servers in the environment it also
# makes the tables, asks /readyz and has a worker answer over the queue.
set -eu
cd "$(dirname "$0")/.."
image="${IMAGE:-portal:check}"
if [ -z "${IMAGE:-}" ]; then
    buildah bud --format docker --tag "$image" "$@" .
fi

container=$(buildah from --pull-never "$image")
web='' worker=''
said_behind=$(mktemp)
finish() {
    [ -z "$web" ] || kill "$web" 2>/dev/null || true
    [ -z "$worker" ] || kill "$worker" 2>/dev/null || true
    buildah rm "$container" > /dev/null
    rm -f "$said_behind"
}
trap finish EXIT
trap 'exit 1' INT TERM

# Invented values: enough to start with, and good for nothing else.
key=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')
enter() {
    exec buildah run \
        --env SECRET_KEY="check-$key-$key" --env FIELD_ENCRYPTION_KEY="$key" --env ALLOWED_HOSTS=portal.example.org \
        --env PORTAL_BASE_URL=https://portal.example.org --env DEFAULT_FROM_EMAIL=portal@example.org \
        --env EMAIL_URL="${EMAIL_URL:-smtp://127.0.0.1:2525}" --env REDIS_URL="${REDIS_URL:-redis://127.0.0.1:6379/0}" \
        --env DATABASE_URL="${DATABASE_URL:-postgres://portal_web@127.0.0.1:5432/portal}" \
        --env MIGRATE_DATABASE_URL="${MIGRATE_DATABASE_URL:-}" "$container" -- "$@"
}
inside() ( enter "$@" )
well() { echo "ok    $*"; }
bad() { cat "$said_behind" >&2; echo "WRONG $*" >&2; exit 1; }

[ "$(inside id -u)" = 10001 ] || bad "it runs as $(inside id)"
well "runs as $(inside id)"

found=$(inside sh -c 'for tool in gcc cc ld make pip pip3 npm node; do command -v $tool || true; done')
[ -z "$found" ] || bad "there are tools inside: $found"
well "no compiler and no package installer of Python or Node.js inside"

inside sh -c '! touch /opt/portal/x 2>/dev/null && ! touch /opt/portal/var/static/x 2>/dev/null' || bad "it may write to its own code"
well "may not write to its own code"

inside python -c 'import psycopg2, psycopg2.extensions as e; print("ok    psycopg2", psycopg2.__version__, "on the libpq of the system,", e.libpq_version())'
inside sh -c 'ls -d /opt/portal/.venv/lib/python3*/site-packages/psycopg2_binary*' > /dev/null 2>&1 && bad "psycopg2-binary is inside"

inside python manage.py check --deploy --fail-level WARNING
well "check --deploy"

if [ -n "${MIGRATE_DATABASE_URL:-}" ]; then
    inside python manage.py migrate --noinput --verbosity 0
    well "the tables are made"
fi

# `enter` and not `inside`: it becomes buildah itself, and stopping that stops what runs inside.
enter gunicorn --config launcher/gunicorn_settings.py --bind 0.0.0.0:8000 --graceful-timeout 5 \
    assurance_portal.wsgi:application > "$said_behind" 2>&1 &
web=$!
tries=0
until said=$(inside python -m launcher.alive web); do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || bad "the web process does not answer: $said"
    sleep 2
done
well "/healthz answers from inside: $said"

if [ -n "${MIGRATE_DATABASE_URL:-}" ]; then
    inside python -m launcher.alive ready || true
    enter celery --quiet -A assurance_portal.celery worker --loglevel WARNING --without-gossip --without-mingle \
        --without-heartbeat -n general@%h -Q default,mail,scan -c 1 > "$said_behind" 2>&1 &
    worker=$!
    tries=0
    until inside python -m launcher.alive worker general; do
        tries=$((tries + 1))
        [ "$tries" -lt 20 ] || bad "the worker does not answer"
        sleep 2
    done
    well "a worker answers over the queue"
fi

echo "ok    size: $(buildah images --format '{{.Size}}' "$image")"
